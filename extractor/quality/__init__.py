"""How good results are: evaluation against gold, accuracy, comparison of models, calibration, run statistics."""
