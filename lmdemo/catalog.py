"""The two tables: MODELS, what we built and trained, and HUB, the pretrained models beside them. Strings only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from lmdemo.errors import UnknownModelError
from lmdemo.figures import Figures

_PACKAGE = Path(__file__).parent
# In an installed package the weights lie inside it; in a checkout beside it.
WEIGHTS = _PACKAGE / "weights" if (_PACKAGE / "weights").is_dir() else _PACKAGE.parent / "weights"


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """One model of our own.

    Attributes:
        name: Its name everywhere: ``load(name)``, ``weights/<name>/``, ``recipes/<name>.py`` (with underscores).
        member: The member of the page's families that shows it.
        task: The hub's word for what it does.
        purpose: What it does, in a few plain words.
        model: Dotted path of the network's class.
        adapter: Dotted path of the adapter's class.
        recipe: Dotted path of the module that trains and judges it.
        data: Folder of its data set below the data root, or "" where the data is generated or comes with a package.
        training_data: The data in words.
        hub: Names of HUB rows for the same task; empty where there is none.
        no_hub: Key of the reason why ``hub`` is empty (worded by the page).
        licence: SPDX name of the weights' licence.
        paper: Address of the architecture's paper.
    """

    name: str
    member: str
    task: str
    purpose: str
    model: str
    adapter: str
    recipe: str
    data: str
    training_data: str
    hub: tuple[str, ...] = ()
    no_hub: str = ""
    licence: str = "Apache-2.0"
    paper: str = ""

    @property
    def folder(self) -> Path:
        """Where its weights lie."""
        return WEIGHTS / self.name

    @property
    def figures(self) -> Figures | None:
        """How good it is beside simple methods, read from its folder; None where it was never judged."""
        return Figures.read(self.folder)


MODELS: Mapping[str, ModelRow] = MappingProxyType(
    {
        row.name: row
        for row in (
            ModelRow(
                name="cnn-fashion",
                member="cnn",
                task="image-classification",
                purpose="name the garment on a picture",
                model="lmdemo.models.cnn.CNN",
                adapter="lmdemo.adapters.image_classification.ours.ImageClassification",
                recipe="lmdemo.recipes.cnn_fashion",
                data="fashion-mnist",
                training_data="Fashion-MNIST",
                hub=("resnet-50",),
                paper="https://ieeexplore.ieee.org/document/726791",
            ),
            ModelRow(
                name="cnn-digits",
                member="cnn",
                task="image-classification",
                purpose="read a drawn digit",
                model="lmdemo.models.cnn.CNN",
                adapter="lmdemo.adapters.image_classification.ours.ImageClassification",
                recipe="lmdemo.recipes.cnn_digits",
                data="",
                training_data="scikit-learn's handwritten digits (UCI Optical Recognition of Handwritten Digits)",
                hub=("resnet-50",),
                paper="https://ieeexplore.ieee.org/document/726791",
            ),
            ModelRow(
                name="yolo-cells",
                member="yolo",
                task="object-detection",
                purpose="find blood cells in a microscope picture",
                model="lmdemo.models.yolo.YOLO",
                adapter="lmdemo.adapters.object_detection.ours.ObjectDetection",
                recipe="lmdemo.recipes.yolo_cells",
                data="bccd",
                training_data="BCCD, microscope pictures of blood",
                hub=("yolov8n",),
                paper="https://arxiv.org/abs/1506.02640",
            ),
            ModelRow(
                name="yolo-drawings",
                member="yolo",
                task="object-detection",
                purpose="find drawn shapes and digits",
                model="lmdemo.models.yolo.YOLO",
                adapter="lmdemo.adapters.object_detection.ours.ObjectDetection",
                recipe="lmdemo.recipes.yolo_drawings",
                data="",
                training_data="generated scenes with scikit-learn's handwritten digits and drawn shapes",
                hub=("yolov8n",),
                paper="https://arxiv.org/abs/1506.02640",
            ),
            ModelRow(
                name="rnn-sentiment",
                member="rnn",
                task="text-classification",
                purpose="praise or blame in an English sentence",
                model="lmdemo.models.rnn.RNN",
                adapter="lmdemo.adapters.text_classification.recurrent.TextClassification",
                recipe="lmdemo.recipes.rnn_sentiment",
                data="sst2",
                training_data="Stanford Sentiment Treebank, two classes, sentences",
                hub=("distilbert-sst2",),
                paper="https://doi.org/10.1207/s15516709cog1402_1",
            ),
            ModelRow(
                name="lstm-sentiment",
                member="lstm",
                task="text-classification",
                purpose="praise or blame in an English sentence",
                model="lmdemo.models.lstm.LSTM",
                adapter="lmdemo.adapters.text_classification.recurrent.TextClassification",
                recipe="lmdemo.recipes.lstm_sentiment",
                data="sst2",
                training_data="Stanford Sentiment Treebank, two classes, sentences",
                hub=("distilbert-sst2",),
                paper="https://doi.org/10.1162/neco.1997.9.8.1735",
            ),
            ModelRow(
                name="lstm-hinglish",
                member="lstm",
                task="text-classification",
                purpose="the mood of a Hinglish text",
                model="lmdemo.models.lstm.LSTM",
                adapter="lmdemo.adapters.text_classification.recurrent.TextClassification",
                recipe="lmdemo.recipes.lstm_hinglish",
                data="hinglish-sentimix",
                training_data="SemEval-2020 SentiMix, Hindi-English tweets",
                no_hub="none_pinned",
                paper="https://doi.org/10.1162/neco.1997.9.8.1735",
            ),
            ModelRow(
                name="rnn-char",
                member="rnn",
                task="text-generation",
                purpose="write like Shakespeare, letter by letter",
                model="lmdemo.models.rnn.RNN",
                adapter="lmdemo.adapters.text_generation.recurrent.TextGeneration",
                recipe="lmdemo.recipes.rnn_char",
                data="tiny-shakespeare",
                training_data="Shakespeare, 1.1 million characters",
                no_hub="none_of_this_kind",
                paper="https://doi.org/10.1207/s15516709cog1402_1",
            ),
            ModelRow(
                name="lstm-char",
                member="lstm",
                task="text-generation",
                purpose="write like Shakespeare, letter by letter",
                model="lmdemo.models.lstm.LSTM",
                adapter="lmdemo.adapters.text_generation.recurrent.TextGeneration",
                recipe="lmdemo.recipes.lstm_char",
                data="tiny-shakespeare",
                training_data="Shakespeare, 1.1 million characters",
                no_hub="none_of_this_kind",
                paper="https://doi.org/10.1162/neco.1997.9.8.1735",
            ),
            ModelRow(
                name="lstm-forecast",
                member="lstm",
                task="time-series-forecasting",
                purpose="foresee a series of numbers",
                model="lmdemo.models.lstm_forecast.LSTMForecast",
                adapter="lmdemo.adapters.forecasting.ours.Forecasting",
                recipe="lmdemo.recipes.lstm_forecast",
                data="timeseries",
                training_data="ETTh1, oil temperature of a transformer, hourly",
                no_hub="none_of_this_size",
                paper="https://doi.org/10.1162/neco.1997.9.8.1735",
            ),
            ModelRow(
                name="lstm-speech",
                member="lstm",
                task="automatic-speech-recognition",
                purpose="write down spoken English letters and numbers",
                model="lmdemo.models.lstm_speech.LSTMSpeech",
                adapter="lmdemo.adapters.speech_recognition.ours.SpeechRecognition",
                recipe="lmdemo.recipes.lstm_speech",
                data="an4",
                training_data="CMU AN4: spelled words, numbers, control words",
                hub=("wav2vec2-base-960h",),
                paper="https://doi.org/10.1145/1143844.1143891",
            ),
            ModelRow(
                name="lstm-translation",
                member="lstm",
                task="translation",
                purpose="translate English captions to German",
                model="lmdemo.models.lstm_translation.LSTMTranslation",
                adapter="lmdemo.adapters.translation.ours.Translator",
                recipe="lmdemo.recipes.lstm_translation",
                data="multi30k-en-de",
                training_data="Multi30k picture captions, English and German",
                hub=("t5-small",),
                paper="https://arxiv.org/abs/1409.0473",
            ),
            ModelRow(
                name="lstm-translation-hindi",
                member="lstm",
                task="translation",
                purpose="translate English to Hindi",
                model="lmdemo.models.lstm_translation.LSTMTranslation",
                adapter="lmdemo.adapters.translation.ours.Translator",
                recipe="lmdemo.recipes.lstm_translation_hindi",
                data="tatoeba-eng-hin",
                training_data="Tatoeba sentence pairs, English and Hindi (CC-BY 2.0 France)",
                no_hub="none_pinned",
                paper="https://arxiv.org/abs/1409.0473",
            ),
            ModelRow(
                name="transformer-sentiment",
                member="transformer",
                task="text-classification",
                purpose="praise or blame in an English sentence",
                model="lmdemo.models.transformer.Transformer",
                adapter="lmdemo.adapters.text_classification.encoder.EncoderClassification",
                recipe="lmdemo.recipes.transformer_sentiment",
                data="sst2",
                training_data="Stanford Sentiment Treebank, two classes, sentences",
                hub=("distilbert-sst2",),
                paper="https://arxiv.org/abs/1706.03762",
            ),
            ModelRow(
                name="transformer-hinglish",
                member="transformer",
                task="text-classification",
                purpose="the mood of a Hinglish text",
                model="lmdemo.models.transformer.Transformer",
                adapter="lmdemo.adapters.text_classification.encoder.EncoderClassification",
                recipe="lmdemo.recipes.transformer_hinglish",
                data="hinglish-sentimix",
                training_data="SemEval-2020 SentiMix, Hindi-English tweets",
                no_hub="none_pinned",
                paper="https://arxiv.org/abs/1706.03762",
            ),
            ModelRow(
                name="bert-captions",
                member="bert",
                task="fill-mask",
                purpose="fill in a hidden word of a caption",
                model="lmdemo.models.bert.Bert",
                adapter="lmdemo.adapters.fill_mask.ours.MaskFilling",
                recipe="lmdemo.recipes.bert_captions",
                data="multi30k-en-de",
                training_data="Multi30k picture captions, English",
                hub=("bert-base-uncased",),
                paper="https://arxiv.org/abs/1810.04805",
            ),
            ModelRow(
                name="waveglow",
                member="waveglow",
                task="text-to-speech",
                purpose="turn noise into a voice that a spectrogram asks for",
                model="lmdemo.models.waveglow.WaveGlow",
                adapter="lmdemo.adapters.vocoding.ours.WaveGlowVocoding",
                recipe="lmdemo.recipes.waveglow",
                data="ljspeech-subset",
                training_data="LJ Speech, two readers of LibriSpeech, Kathleen, and 50 visitors: an hour and a half",
                hub=("speecht5-hifigan",),
                paper="https://arxiv.org/abs/1811.00002",
            ),
            ModelRow(
                name="siamese-speaker",
                member="siamese",
                task="audio-classification",
                purpose="say whether two clips are one voice",
                model="lmdemo.models.siamese.Siamese",
                adapter="lmdemo.adapters.speaker_verification.ours.SpeakerVerification",
                recipe="lmdemo.recipes.siamese_speaker",
                data="an4",
                training_data="CMU AN4: 66 speakers; ESC-10 as noise",
                hub=("ecapa-voxceleb",),
                paper="https://doi.org/10.1142/S0218001493000339",
            ),
            ModelRow(
                name="siamese-fingerprint",
                member="siamese",
                task="audio-classification",
                purpose="recognize a recording under noise",
                model="lmdemo.models.siamese.Siamese",
                adapter="lmdemo.adapters.speaker_verification.ours.Fingerprinting",
                recipe="lmdemo.recipes.siamese_fingerprint",
                data="esc10-subset",
                training_data="ESC-10 and CMU AN4",
                no_hub="none_of_this_kind",
                paper="https://doi.org/10.1142/S0218001493000339",
            ),
            ModelRow(
                name="siamese-sound",
                member="siamese",
                task="audio-classification",
                purpose="name a sound from a few clips of each",
                model="lmdemo.models.siamese.Siamese",
                adapter="lmdemo.adapters.speaker_verification.ours.SoundEvents",
                recipe="lmdemo.recipes.siamese_sound",
                data="esc10-subset",
                training_data="ESC-10, folds 1 to 3",
                no_hub="none_of_this_kind",
                paper="https://doi.org/10.1142/S0218001493000339",
            ),
            ModelRow(
                name="gpt-shakespeare",
                member="gpt",
                task="text-generation",
                purpose="write like Shakespeare, piece by piece",
                model="lmdemo.models.gpt.GPT",
                adapter="lmdemo.adapters.text_generation.gpt.GPTGeneration",
                recipe="lmdemo.recipes.gpt_shakespeare",
                data="tiny-shakespeare",
                training_data="Shakespeare, 1.1 million characters",
                hub=("gpt2",),
                paper="https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
            ),
        )
    }
)


@dataclass(frozen=True, kw_only=True)
class HubFile:
    """One file of a hub model: its name, where they are pinned its bytes and the sha256 of its content, and whether the
    model opens without it.
    """

    name: str
    bytes: int | None = None
    sha256: str = ""
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class KnownAnswer:
    """A fact about a model that the doctor checks on the user's machine.

    Attributes:
        given: The input: ``text:...``; ``package:<package>/<path>``, a file that a package brings; or
            ``folder:<name>``, a file in the model's own folder.
        field: The result's field to look at.
        contains: What its text holds in lower case: one of these is enough.
        least: The smallest number that the field may be, where it is one.
        method: The adapter's method to call; "" calls the adapter.
        options: Keyword arguments of the call.
        origin: Where the fact stands.
    """

    given: str
    field: str
    contains: tuple[str, ...] = ()
    least: float | None = None
    method: str = ""
    options: tuple[tuple[str, str | int | float | bool], ...] = ()
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class HubRow:
    """One pretrained model of a hub.

    Attributes:
        name: Its name here.
        id: The repository, or for a release asset the address of the file.
        revision: The commit that is pinned, or the release.
        files: What is fetched, and nothing else. A pickle is opened only where its checksum is pinned here.
        megabytes: What they weigh together, about; shown before the download.
        parameters: Trained numbers as published, in millions.
        known_answer: What the doctor asks it; None where nothing of the kind is published for an input at hand.
        licence: SPDX name.
        training_data: What it was trained on, in words.
        adapter: Dotted path of the adapter's class; "" where none is built yet.
        task: The hub's word for what it does.
        source: Where the model is described.
    """

    name: str
    id: str
    revision: str
    files: tuple[HubFile, ...]
    megabytes: float
    parameters: float
    licence: str
    training_data: str
    task: str
    source: str
    adapter: str = ""
    known_answer: KnownAnswer | None = None


def _files(*names: str, optional: tuple[str, ...] = ()) -> tuple[HubFile, ...]:
    return (*(HubFile(name=n) for n in names), *(HubFile(name=n, optional=True) for n in optional))


def _hub(name: str, id: str, revision: str, **values) -> HubRow:
    return HubRow(name=name, id=id, revision=revision, source=f"https://huggingface.co/{id}", **values)


# Revisions and checksums agree in several public sources; `python -m lmdemo doctor` confirms them where a network is.
HUB: Mapping[str, HubRow] = MappingProxyType(
    {
        row.name: row
        for row in (
            _hub(
                "resnet-50",
                "microsoft/resnet-50",
                "34c2154c194f829b11125337b98c8f5f9965ff19",
                task="image-classification",
                licence="Apache-2.0",
                training_data="ImageNet-1k",
                megabytes=103,
                parameters=25.6,
                files=_files("config.json", "preprocessor_config.json", "model.safetensors"),
                adapter="lmdemo.adapters.image_classification.hub.HubImageClassification",
                known_answer=KnownAnswer(
                    given="package:gradio/media_assets/images/cheetah1.jpg",
                    field="label",
                    contains=("cheetah",),
                    origin="the picture's name",
                ),
            ),
            _hub(
                "distilbert-sst2",
                "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
                "714eb0fa89d2f80546fda750413ed43d93601a13",
                task="text-classification",
                licence="Apache-2.0",
                training_data="English Wikipedia, BookCorpus; SST-2",
                adapter="lmdemo.adapters.text_classification.hub.HubTextClassification",
                megabytes=268,
                parameters=67.0,
                files=_files(
                    "config.json",
                    "tokenizer_config.json",
                    "vocab.txt",
                    "model.safetensors",
                    optional=("tokenizer.json",),
                ),
                known_answer=KnownAnswer(
                    given="text:Hello, my dog is cute",
                    field="label",
                    contains=("positive",),
                    origin="the model card's example",
                ),
            ),
            _hub(
                "bert-base-uncased",
                "google-bert/bert-base-uncased",
                "86b5e0934494bd15c9632b12f734a8a67f723594",
                task="fill-mask",
                licence="Apache-2.0",
                training_data="English Wikipedia, BookCorpus",
                adapter="lmdemo.adapters.fill_mask.hub.HubMaskFilling",
                megabytes=441,
                parameters=110.0,
                files=_files(
                    "config.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt", "model.safetensors"
                ),
                known_answer=KnownAnswer(
                    given="text:Hello I'm a [MASK] model.",
                    field="candidates",
                    contains=("fashion",),
                    origin="the model card: fashion 0.107, role 0.088, new 0.053",
                ),
            ),
            _hub(
                "minilm",
                "sentence-transformers/all-MiniLM-L6-v2",
                "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
                task="feature-extraction",
                licence="Apache-2.0",
                training_data="a billion sentence pairs from 21 collections",
                megabytes=91.6,
                parameters=22.7,
                files=_files(
                    "config.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt", "model.safetensors"
                ),
            ),
            _hub(
                "gpt2",
                "openai-community/gpt2",
                "607a30d783dfa663caf39e06633721c8d4cfcd7e",
                task="text-generation",
                licence="MIT",
                training_data="WebText",
                megabytes=551,
                parameters=124.4,
                adapter="lmdemo.adapters.text_generation.hub.HubGPTGeneration",
                files=_files(
                    "config.json",
                    "tokenizer.json",
                    "vocab.json",
                    "merges.txt",
                    "model.safetensors",
                    optional=("generation_config.json", "tokenizer_config.json"),
                ),
                known_answer=KnownAnswer(
                    given="text:The dog",
                    field="text",
                    options=(("temperature", 0.0), ("max_new_tokens", 18)),
                    contains=("was found in a field near the intersection of west",),
                    origin="transformers' test of greedy generation",
                ),
            ),
            _hub(
                "t5-small",
                "google-t5/t5-small",
                "df1b051c49625cf57a3d0d8d3863ed4d13564fe4",
                task="translation",
                licence="Apache-2.0",
                training_data="C4 and supervised tasks, WMT14 en-de among them",
                adapter="lmdemo.adapters.translation.hub.HubTranslator",
                megabytes=244,
                parameters=60.5,
                files=_files(
                    "config.json",
                    "tokenizer_config.json",
                    "tokenizer.json",
                    "spiece.model",
                    "model.safetensors",
                    optional=("generation_config.json",),
                ),
                known_answer=KnownAnswer(
                    given="text:The house is wonderful.",
                    field="translation_text",
                    contains=("das haus ist wunderbar",),
                    origin="transformers' page about T5",
                ),
            ),
            _hub(
                "wav2vec2-base-960h",
                "facebook/wav2vec2-base-960h",
                "22aad52d435eb6dbaf354bdad9b0da84ce7d6156",
                task="automatic-speech-recognition",
                licence="Apache-2.0",
                training_data="LibriSpeech, 960 hours",
                adapter="lmdemo.adapters.speech_recognition.hub.HubSpeechRecognition",
                megabytes=378,
                parameters=94.4,
                files=_files(
                    "config.json",
                    "preprocessor_config.json",
                    "tokenizer_config.json",
                    "vocab.json",
                    "model.safetensors",
                    optional=("feature_extractor_config.json", "special_tokens_map.json"),
                ),
            ),
            _hub(
                "ecapa-voxceleb",
                "speechbrain/spkrec-ecapa-voxceleb",
                "0f99f2d0ebe89ac095bcc5903c4dd8f72b367286",
                task="audio-classification",
                licence="Apache-2.0",
                training_data="VoxCeleb 1 and 2",
                megabytes=83.3,
                parameters=20.8,
                adapter="lmdemo.adapters.speaker_verification.speechbrain.HubSpeakerVerification",
                files=(
                    HubFile(
                        name="embedding_model.ckpt",
                        bytes=83_316_686,
                        sha256="0575cb64845e6b9a10db9bcb74d5ac32b326b8dc90352671d345e2ee3d0126a2",
                    ),
                ),
            ),
            _hub(
                "speecht5-hifigan",
                "microsoft/speecht5_hifigan",
                "bb6f429406e86a9992357a972c0698b22043307d",
                task="text-to-speech",
                licence="MIT",
                training_data="LibriTTS",
                adapter="lmdemo.adapters.vocoding.hub.HubVocoding",
                megabytes=50.7,
                parameters=12.7,
                files=(
                    HubFile(name="config.json"),
                    HubFile(
                        name="pytorch_model.bin",
                        sha256="b171e9bcd8a2b50dc9780040478dfa26783a9ee4be012cf5776914f091d6887b",
                    ),
                ),
            ),
            _hub(
                "encodec-24khz",
                "facebook/encodec_24khz",
                "c1dbe2ae3f1de713481a3b3e7c47f357092ee040",
                task="feature-extraction",
                licence="MIT",
                training_data="speech, music and sounds of several collections",
                megabytes=93.2,
                parameters=23.3,
                files=_files("config.json", "preprocessor_config.json", "model.safetensors"),
            ),
            HubRow(
                name="yolov8n",
                id="https://github.com/ultralytics/assets/releases/download/v8.3.0/yolov8n.pt",
                revision="v8.3.0",
                task="object-detection",
                licence="AGPL-3.0",
                training_data="COCO 2017",
                megabytes=6.5,
                parameters=3.2,
                adapter="lmdemo.adapters.object_detection.ultralytics.UltralyticsDetection",
                files=(
                    HubFile(
                        name="yolov8n.pt",
                        bytes=6_549_796,
                        sha256="f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36",
                    ),
                ),
                source="https://docs.ultralytics.com/models/yolov8/",
                known_answer=KnownAnswer(
                    given="package:ultralytics/assets/bus.jpg",
                    field="objects",
                    contains=("bus",),
                    origin="the picture's name",
                ),
            ),
        )
    }
)


# Of our own models: what the doctor asks them.
ANSWERS: Mapping[str, KnownAnswer] = MappingProxyType(
    {
        "cnn-fashion": KnownAnswer(
            given="package:demos/tabs/vision/cnn/examples/sneaker.png",
            field="label",
            contains=("sneaker",),
            origin="the example's name",
        ),
        "cnn-digits": KnownAnswer(given="digit:0", field="label", contains=("0",), origin="scikit-learn's first digit"),
        **{
            name: KnownAnswer(
                given="text:A wonderful, moving and very funny film.",
                field="label",
                contains=("positive",),
                origin="the sentence itself",
            )
            for name in ("rnn-sentiment", "lstm-sentiment", "transformer-sentiment")
        },
        **{
            name: KnownAnswer(
                given="text:kya mast movie thi bhai , dil khush ho gaya",
                field="label",
                contains=("positive",),
                origin="the sentence itself",
            )
            for name in ("lstm-hinglish", "transformer-hinglish")
        },
        "lstm-speech": KnownAnswer(
            given="package:demos/tabs/recurrent/speech/examples/one-two-three.flac",
            field="text",
            contains=("one two three",),
            origin="the example's name",
        ),
        "lstm-translation": KnownAnswer(
            given="text:A man is riding a bicycle.",
            field="translation_text",
            contains=("fahrrad",),
            origin="the sentence itself",
        ),
        "yolo-drawings": KnownAnswer(
            given="package:demos/tabs/vision/yolo/examples/drawing-1.jpg",
            field="objects",
            contains=("'arrow'",),
            origin="what is drawn on it",
        ),
        "yolo-cells": KnownAnswer(
            given="package:demos/tabs/vision/yolo/examples/cells-1.jpg",
            field="objects",
            contains=("'rbc'",),
            origin="blood is red",
        ),
        "bert-captions": KnownAnswer(
            given="text:A man is riding a [MASK] down the street.",
            field="candidates",
            contains=("'bike'", "'bicycle'"),
            origin="what people ride in captions",
        ),
    }
)


def find(name: str) -> ModelRow:
    """The row of that name; a member's name alone means its first model.

    Raises:
        UnknownModelError: Neither a model nor a member goes by it.
    """
    if name in MODELS:
        return MODELS[name]
    for row in MODELS.values():
        if row.member == name:
            return row
    raise UnknownModelError(
        "unknown_model",
        expected=", ".join(MODELS),
        got=str(name)[:80],
        hint="Take one of the names that `python -m lmdemo list` prints.",
    )
