"""A template for letters in any language: what letter.html says in words is said without them."""

from __future__ import annotations

WORDLESS = """{% extends "letter.html" %}
{% block reference %}{% call element("reference") %}
<p dir="auto"><bdi>{{ unit_id }}</bdi></p>
{% endcall %}{% endblock %}
{% block approval %}{% call element("approval") %}
<p dir="auto"><bdi>{{ signatory.name }}</bdi>, {{ signatory.title }}</p>
{% endcall %}{% endblock %}
"""
