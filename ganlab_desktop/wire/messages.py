"""Every message between the window and the engine.

Commands go from the window to the engine and carry an id; the engine answers each with one Reply of the same id, but
Frames answer Grants (one credit, one frame, holding the newest state) and Previews answer Looks. Events come unasked.
"""

from ganlab_desktop.wire.answers import *  # noqa: F403
from ganlab_desktop.wire.commands import *  # noqa: F403
from ganlab_desktop.wire.message import *  # noqa: F403
