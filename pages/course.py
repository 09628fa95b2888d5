"""Exercises along a course for public authorities."""

import streamlit as st

from app.ui import course_view, style
from app.ui.text import _

PAGE = {"title": "Course", "icon": ":material/school:", "order": 87}

st.title(_("Can you say it before the engine does?"))
style.headline(course_view.sentence())
for exercise in course_view.choose():
    course_view.show(exercise)
course_view.certificate()
