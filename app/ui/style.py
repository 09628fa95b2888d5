"""The few looks that Streamlit's theme has no setting for. Constants only: no data goes in here."""

import streamlit as st

SHEET = """
<style>
.stMainBlockContainer { padding: 2.6rem 2.5rem 4rem; max-width: 1500px; }
.st-key-headline p { font-size: 1.35rem; font-weight: 600; line-height: 1.4; }
[class*="st-key-steps_"] p > strong { font-size: 1.15rem; }
[class*="st-key-result_"] p > strong { font-size: 1.5rem; }
.st-key-scenario_bar button { min-height: 2rem; padding: 0.15rem 0.7rem; }
/* words on the primary colour: the theme writes them white in both schemes */
[data-tag], [data-tag] *, .stApp button[kind="primary"], .stApp button[kind="primary"] *
  { color: light-dark(#ffffff, #06130c) !important; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 4.4rem 1rem 3rem; }
  .st-key-headline p { font-size: 1.15rem; }
  .st-key-numbers [data-testid="stHorizontalBlock"] {
    display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem;
  }
  .st-key-numbers [data-testid="stColumn"] { min-width: 0; width: auto; }
  .st-key-numbers [data-testid="stMetricLabel"] p { white-space: normal; }
}
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], .st-key-scenario_bar,
  .stDownloadButton, .stButton { display: none; }
  .stMainBlockContainer { padding: 0; }
}
</style>
"""


def apply() -> None:
    """Put the sheet on the page."""
    st.html(SHEET)


def headline(sentence: str) -> None:
    """Say the answer of a page, large; it is text, not a heading."""
    with st.container(key="headline"):
        st.markdown(sentence)
