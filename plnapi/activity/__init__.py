"""The ledger of facts: who followed, posted, replied, joined. See `service`; the room shows nothing by itself."""
