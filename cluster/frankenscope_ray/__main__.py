"""``python -m frankenscope_ray``."""

from .main import main

main()
