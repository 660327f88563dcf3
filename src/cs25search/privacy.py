"""Libraries that report on their users are told not to, before any of them is imported."""

import os
import sys

# onnxruntime reports in C++ and reads its variable once, when it is loaded; huggingface_hub reads
# its own when it is imported.
SETTINGS = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def switch_off_telemetry() -> None:
    """Set what each library reads. The processes that we start inherit the variables.

    OpenVINO reads no variable. It imports the package openvino_telemetry, and uses an empty
    stand-in of its own where that package is missing: here the import fails.
    """
    os.environ.update(SETTINGS)
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
