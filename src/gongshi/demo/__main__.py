"""`python -m gongshi.demo`: make the demonstration city; its cameras stream on GONGSHI_DEMO_CAMERAS_PORT."""

import django


def main() -> None:
    django.setup()
    from django.conf import settings

    from gongshi.demo.seed import seed

    seed(f"rtsp://127.0.0.1:{settings.ENVIRONMENT.demo_cameras_port}")


if __name__ == "__main__":
    main()
