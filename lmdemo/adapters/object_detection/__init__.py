"""Pictures to boxes with labels: our YOLO, Ultralytics' YOLOv8n, and Darknet's files through OpenCV."""

from lmdemo.adapters.object_detection.darknet import DarknetDetection
from lmdemo.adapters.object_detection.detector import VideoFrame, stand
from lmdemo.adapters.object_detection.files import Film, draw, frame_at, to_coco, to_json, to_rows, to_yolo
from lmdemo.adapters.object_detection.learning import Cell, Responsible
from lmdemo.adapters.object_detection.ours import ObjectDetection
from lmdemo.adapters.object_detection.ultralytics import UltralyticsDetection
from lmdemo.data.image import open_picture

__all__ = [
    "Cell",
    "DarknetDetection",
    "Film",
    "ObjectDetection",
    "Responsible",
    "UltralyticsDetection",
    "VideoFrame",
    "draw",
    "frame_at",
    "open_picture",
    "stand",
    "to_coco",
    "to_json",
    "to_rows",
    "to_yolo",
]
