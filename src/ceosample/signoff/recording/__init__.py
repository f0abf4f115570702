"""What may be recorded, and the recording of it: one transaction, the fields of an event,
requirements, segregation of duties, then one file a subject. It imports ``replay`` and
``store``.
"""
