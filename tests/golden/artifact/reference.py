# Writes reference.safetensors with the format's own implementation: pip install safetensors==0.8.0 numpy
import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "matrix": np.array([[0, 1, 2], [-3, 0.5, 1e-40]], dtype=np.float32),
        "empty": np.zeros((0, 4), dtype=np.float32),
        "scalar": np.array(-7, dtype=np.int32),
        "half": np.array([1, -2, 65504], dtype=np.float16),
        "signed": np.array([-128, 127], dtype=np.int8),
        "unsigned": np.array([0, 255, 3], dtype=np.uint8),
        "\U0001f33fü": np.array([1.5], dtype=np.float32),
        "\uffee": np.array([2.5], dtype=np.float32),
    },
    "reference.safetensors",
    metadata={"note": 'quoted "ü"\n\u0001'},
)
