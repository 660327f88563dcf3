"""Switch off the telemetry of libraries before any of them is imported."""

import os
import sys

# onnxruntime (in C++) and huggingface_hub read their variables only once, on loading.
SETTINGS = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def switch_off_telemetry() -> None:
    """Set the variable that each library reads. Child processes inherit them.

    OpenVINO reads no variable. It imports the package openvino_telemetry and falls back to an empty
    stub if that is missing; here the import is made to fail.
    """
    os.environ.update(SETTINGS)
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
