"""The YAML files, validated."""
