"""The parts of Streamlit that have no public API yet. No other module uses Streamlit's internals.

Internals change without notice: look here first after an upgrade of Streamlit.
"""

from streamlit.runtime.scriptrunner import get_script_run_ctx


def session_id() -> str | None:
    """The id of the browser session this script runs for; None outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else None


def is_history_navigation() -> bool:
    """Whether this rerun was caused by the browser's Back or Forward button."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)
