"""Pictures to boxes with labels: our YOLO, Ultralytics' YOLOv8n, and Darknet's files through OpenCV."""

from lmdemo.adapters.object_detection.darknet import DarknetDetection
from lmdemo.adapters.object_detection.detector import VideoFrame
from lmdemo.adapters.object_detection.files import draw, to_coco, to_json, to_rows, to_yolo
from lmdemo.adapters.object_detection.learning import Cell, Responsible
from lmdemo.adapters.object_detection.ours import ObjectDetection
from lmdemo.adapters.object_detection.ultralytics import UltralyticsDetection
from lmdemo.data.image import open_picture

__all__ = [
    "Cell",
    "DarknetDetection",
    "ObjectDetection",
    "Responsible",
    "UltralyticsDetection",
    "VideoFrame",
    "draw",
    "open_picture",
    "to_coco",
    "to_json",
    "to_rows",
    "to_yolo",
]
