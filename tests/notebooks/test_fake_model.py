"""The fake of a widget's model (tests/fakes/model.js) does what JupyterLab's own does."""

from __future__ import annotations

from pathlib import Path

from .conftest import Notebook

FAKE = Path(__file__).parents[1] / "fakes" / "model.js"

PROBE = """
import anywidget, traitlets
class Probe(anywidget.AnyWidget):
    _esm = "export default { render({ model }) { globalThis.probe = model; } };"
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    deep = traitlets.Dict({"list": [1, {"x": 2}]}).tag(sync=True)
probe = Probe()
probe
"""

# Does the same to either model and notes what each says, to its listeners and to the kernel.
# `take(method, state, parent)` hands it a message; `handled()` says that the kernel is done with
# one.
STORY = """async (model, sent, take, handled) => {
    const said = [];
    const say = (text) => said.push(text);
    const state = () => `${model.get("a")},${model.get("b")}`;
    const values = (from, to) => `${from} -> ${to}`;
    const listeners = {
        "change:a": () => say(`a ${values(model.previous("a"), model.get("a"))} of ${state()}`),
        "change:b": () => say(`b ${values(model.previous("b"), model.get("b"))} of ${state()}`),
        "change:deep": () => say("deep"),
        change: () => say(`change ${state()}`),
    };
    for (const [event, f] of Object.entries(listeners)) model.on(event, f);
    const part = async (name, f) => {
        say(`-- ${name}`);
        await f();
        say(`sent ${JSON.stringify(sent.splice(0))}, holds ${state()}`);
    };
    let parent = 0; // of the last message that was sent
    const save = () => {
        const before = sent.length;
        model.save_changes();
        if (sent.length > before) parent++;
    };

    await part("an equal value says nothing", () => {
        model.set("a", 0);
        model.set("deep", { list: [1, { x: 2 }] });
        save();
    });
    await part("another value is told once it is saved", () => {
        model.set("a", 1);
        save();
        save();
    });
    await part("what is there and back again is told as it is", () => {
        model.set("a", 2);
        model.set("a", 1);
        save();
    });
    await part("while the kernel is busy all waits, and the last counts", async () => {
        model.set({ a: 3, b: 3 });
        save();
        model.set("a", 4);
        save();
        await handled();
        parent++;
    });
    await part("... until it is handled", handled);
    await part("a message from the kernel is not sent back", async () => {
        await take("update", { a: 5, b: 5 });
        save();
    });
    await part("one that says what is known says nothing", async () => {
        await take("update", { a: 5, deep: { list: [1, { x: 2 }] } });
        save();
    });
    await part("a listener that sets another value is heard, and sends it", async () => {
        const f = () => {
            model.set("b", 10 * model.get("a"));
            model.save_changes();
        };
        model.on("change:a", f);
        await take("update", { a: 6 });
        model.off("change:a", f);
        await handled();
    });
    await part("a listener that sets the old value back sends nothing", async () => {
        const f = () => model.get("a") === 7 && model.set("a", 6);
        model.on("change:a", f);
        await take("update", { a: 7 });
        model.off("change:a", f);
        save();
    });
    await part("an echo of what was sent last is taken", async () => {
        model.set("a", 8);
        const before = sent.length;
        save();
        const id = sent.at(-1).id;
        model.set("a", 9); // not saved yet
        await take("echo_update", { a: 8 }, id);
        await handled();
        save();
        await handled();
    });
    await part("an echo of what has been superseded is not", async () => {
        model.set("a", 20);
        save();
        const old = sent.at(-1).id;
        await handled();
        model.set("a", 21);
        save();
        const last = sent.at(-1).id;
        await take("echo_update", { a: 20, b: 33 }, old);
        say(state());
        await take("echo_update", { a: 21 }, last);
        await handled();
        await take("echo_update", { a: 22 }, "another page's");
    });
    await part("an echo is not taken where a later value waits", async () => {
        model.set("a", 30);
        save();
        const id = sent.at(-1).id;
        model.set("a", 31);
        save();
        await take("echo_update", { a: 30 }, id);
        await handled();
        await handled();
    });
    await part("who listens no more hears nothing", () => {
        for (const [event, f] of Object.entries(listeners)) model.off(event, f);
        let once = 0;
        model.once("change:b", () => once++);
        model.set("b", 50);
        model.set("b", 51);
        say(`once: ${once}`);
    });
    await part("a model that has ended says so, and sends no more", async () => {
        model.once("destroy", () => say("destroyed"));
        model.close();
        say(`comm: ${typeof model.comm}`);
    });
    return said;
}"""

REAL = f"""
const model = await probe.widget_manager.get_model(argument);
const sent = [];
let [n, callbacks] = [0, []];
model.comm = {{
    close() {{}},
    send({{ state }}, callback) {{
        sent.push({{ id: `m${{n}}`, state: structuredClone(state) }});
        callbacks.push(callback);
        return `m${{n++}}`;
    }},
}};
const take = (method, state, parent) => model._handle_comm_msg({{
    content: {{ data: {{ method, state }} }}, parent_header: {{ msg_id: parent }}, buffers: [],
}});
const handled = async () =>
    callbacks.shift()?.iopub.status({{ content: {{ execution_state: "idle" }} }});
return ({STORY})(model, sent, take, handled);
"""

OURS = f"""
const url = URL.createObjectURL(new Blob([argument], {{ type: "text/javascript" }}));
const {{ Kernel }} = await import(url);
const kernel = new Kernel();
const sent = [];
kernel.say = (_, state) => {{
    sent.push({{ id: `m${{n}}`, state }});
    waiting++;
    return `m${{n++}}`;
}};
let [n, waiting] = [0, 0];
const state = {{ a: 0, b: 0, deep: {{ list: [1, {{ x: 2 }}] }} }};
await kernel.receive([{{ type: "comm_open", model: "probe", data: {{ state }} }}]);
const model = kernel.models.get("probe");
const take = async (...message) => model.take(...message);
const handled = async () => waiting && (waiting--, model.handled());
return ({STORY})(model, sent, take, handled);
"""


def test_the_fake_says_what_the_real_one_says(lab: Notebook) -> None:
    lab.open(lab.server.write("probe", PROBE)).run().wait("globalThis.probe")
    real = lab.lab(REAL, lab.python("print(probe.model_id)"))
    fake = lab.lab(OURS, FAKE.read_text("utf-8"))
    assert len(real) > 60
    assert fake == real
