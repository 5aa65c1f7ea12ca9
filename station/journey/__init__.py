"""The candidate's path as a pure state machine: intents in, views and effects out."""
