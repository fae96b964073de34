// One Firefox, driven by lines of JSON on standard input: [command, ...arguments] in, and
// {result} or {error} out. It ends when the input does.
//
//     node driver.js /usr/bin/firefox-esr
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// `require` also finds what NODE_PATH points to.
const { launch } = createRequire(import.meta.url)("puppeteer-core");

const browser = await launch({
  browser: "firefox",
  executablePath: process.argv[2],
  headless: true,
  timeout: 120_000, // ms to start
  protocolTimeout: 60_000, // ms for a command
  env: { ...process.env, MOZ_REMOTE_SETTINGS_DEVTOOLS: "1" }, // else that server is not asked
  extraPrefsFirefox: {
    // Puppeteer turns off most of what Firefox would fetch by itself. Should it try all the same,
    // then there is nothing at this proxy; pages are files.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "",
    "network.proxy.allow_hijacking_localhost": true,
    "network.proxy.allow_bypass": false,
    "network.proxy.failover_direct": false,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "toolkit.telemetry.enabled": false,
    "toolkit.telemetry.unified": false,
  },
});

// What there is to see, for those who wait in vain: a page that is hidden draws no frames.
const STATE = `(async () => {
  const { player, shadowRoot } = document.querySelector(".patchviz-player") ?? {};
  const frame = await Promise.race([
    new Promise((done) => requestAnimationFrame(() => done("a frame is drawn"))),
    new Promise((done) => setTimeout(() => done("no frame in a second"), 1000)),
  ]);
  const { index, playing, sound } = player ?? {};
  const message = shadowRoot?.querySelector(".message")?.textContent;
  return JSON.stringify({ visible: document.visibilityState, frame, index, playing, time: sound?.time, message });
})()`;

let page;
let said;
let requested;

const commands = {
  async open(url, viewport) {
    [said, requested] = [[], []];
    page = await browser.newPage();
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => requested.push(request.url()));
    await page.setViewport(viewport);
    await page.goto(url);
  },
  evaluate: (expression) => page.evaluate(expression),
  async wait(condition) {
    try {
      await page.waitForFunction(condition); // looks once a frame
    } catch (error) {
      throw new Error(`${error.message}; ${await page.evaluate(STATE)}`);
    }
  },
  async press(key, held) {
    if (held) await page.keyboard.down(held);
    await page.keyboard.press(key);
    if (held) await page.keyboard.up(held);
  },
  async drag([x, y], ...points) {
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (const [x, y] of points) await page.mouse.move(x, y);
    await page.mouse.up();
  },
  async close() {
    await page.close();
    return { said, requested };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = JSON.parse(line);
  let answer;
  try {
    answer = { result: (await commands[command](...args)) ?? null };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
