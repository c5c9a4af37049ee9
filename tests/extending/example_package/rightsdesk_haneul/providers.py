"""Where the cloud provider and its models are described."""

from pathlib import Path

FILE = Path(__file__).with_name("provider.yaml")
