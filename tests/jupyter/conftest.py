"""JupyterLab and Notebook, really started, and their pages in Chromium."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}

# What every notebook starts with: a recording of 107 patches whose cells all differ.
SETUP = """\
import numpy as np
import patchviz as pv

rng = np.random.default_rng(0)
values = (-80 + 80 * rng.random((128, 640))).astype(np.float32)
spec = pv.Spectrogram(values, sr=22050, hop_length=512, y_axis="mel", unit="dB", name="noise")
patches = spec.patches(duration=5.0, hop_duration=0.1)
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.jupyter)


class Server:
    """A Jupyter server with JupyterLab and Notebook, in folders of its own."""

    def __init__(self, folder: Path) -> None:
        for module in ("jupyterlab", "notebook", "anywidget"):
            pytest.importorskip(module)
        self.root = folder / "root"
        self.root.mkdir()
        config = folder / "config"
        (config / "labconfig").mkdir(parents=True)
        overrides = config / "labconfig" / "default_setting_overrides.json"
        overrides.write_text(json.dumps(SETTINGS), "utf-8")
        places = {name: str(folder / name.lower()) for name in
                  ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
                   "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")}  # fmt: skip
        environment = {
            **os.environ,
            **places,
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_NO_CONFIG": "",
            "PYTHONPATH": os.pathsep.join(
                filter(None, [os.getcwd(), os.environ.get("PYTHONPATH")])
            ),
        }
        environment.pop("MPLBACKEND", None)
        self.environment = environment
        self.log = folder / "server.log"
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0",
                   "--allow-root", f"--ServerApp.root_dir={self.root}",
                   "--LabApp.expose_app_in_browser=True",
                   "--JupyterNotebookApp.expose_app_in_browser=True"]  # fmt: skip
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        seen = []
        for line in self._process.stderr:
            seen.append(line)
            found = re.search(r"(http://127\.0\.0\.1:\d+)/lab\?token=(\w+)", line)
            if found:
                self.url, self.token = found.groups()
                break
        else:
            pytest.fail("JupyterLab did not start:\n" + "".join(seen))
        # Somebody has to read what it says, or it stops when the pipe is full.
        self._reader = subprocess.Popen(["tee", str(self.log)], stdin=self._process.stderr,
                                        stdout=subprocess.DEVNULL)  # fmt: skip

    def address(self, face: str, path: str) -> str:
        """Return the address of a file; `face` is "lab", "doc" or "notebooks"."""
        middle = "notebooks" if face == "notebooks" else f"{face}/tree"
        return f"{self.url}/{middle}/{path}?token={self.token}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=60)
        self._reader.wait(timeout=60)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


class Notebook:
    """A notebook open in a page of the browser."""

    def __init__(self, server: Server, page: Any, face: str) -> None:
        self.server = server
        self.page = page
        self.face = face
        self.errors: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "favicon" not in message.text:
            self.errors.append(message.text)

    def write(self, *cells: str, name: str = "scrubbing") -> Path:
        """Write a notebook of code cells."""
        import nbformat
        from nbformat.v4 import new_code_cell, new_notebook

        path = self.server.root / f"{name}.ipynb"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(
            cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
        )
        nbformat.write(notebook, path)
        return path

    def open(self, path: Path) -> Notebook:
        """Open a notebook and wait for its kernel."""
        self.page.goto(self.server.address(self.face, path.name))
        self.page.wait_for_function(
            """(name) => {
                const context = globalThis.jupyterapp?.shell.currentWidget?.context;
                return context?.path === name && context.isReady && context.sessionContext?.isReady;
            }""",
            arg=path.name,
        )
        self.lab("await panel.revealed; await panel.sessionContext.session?.kernel?.info")
        return self

    def lab(self, code: str, argument: Any = None) -> Any:
        """Run JavaScript in which `app`, `panel` (the notebook's) and `argument` are there."""
        return self.page.evaluate(
            f"""async (argument) => {{
                const app = globalThis.jupyterapp;
                const panel = app.shell.currentWidget;
                {code}
            }}""",
            argument,
        )

    def run(self) -> Notebook:
        """Run all cells, to the end."""
        self.lab("await app.commands.execute('notebook:run-all-cells');"
                 "for (const cell of panel.content.widgets) await cell.ready")  # fmt: skip
        return self

    def python(self, code: str) -> str:
        """Run code in the kernel, beside the notebook, and return what it prints."""
        result = self.lab(
            """
            const future = panel.sessionContext.session.kernel.requestExecute(
              { code: argument, store_history: false }, false);
            let text = "";
            future.onIOPub = ({ header, content }) => {
              if (header.msg_type === "stream") text += content.text;
              if (header.msg_type === "error") text += content.traceback.join("\\n");
            };
            await future.done;
            return text;
            """,
            code,
        )
        return str(result)

    def save(self) -> Notebook:
        self.lab("await panel.context.save()")
        return self


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.fixture(params=["lab", "notebooks"])
def notebook(server: Server, page: Any, request: pytest.FixtureRequest) -> Notebook:
    """A page of JupyterLab, and one of Notebook."""
    return Notebook(server, page, request.param)


@pytest.fixture
def lab(server: Server, page: Any) -> Notebook:
    return Notebook(server, page, "lab")
