"""One file a network; this list is the only place that knows them all."""
