"""Extraction as a function of AWS Lambda or Google Cloud. Importing these modules loads no model and no reader.

`aws_lambda.lambda_handler` and `cloud_function.extract_metadata` turn what their platform hands over into a
`requests.Call`; what a call may ask for, and the answers, are the same on both. docs/serverless.md describes them.
"""
