"""Cloud models: any provider of the OpenAI protocol; retries, idempotency keys, circuit breaker, budget."""
