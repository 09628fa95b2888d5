"""The room on a phone: ``/room/{code}``, plain pages beside Streamlit: a phone costs no rerun."""

from app.ui.phone.routes import ROUTES

__all__ = ["ROUTES"]
