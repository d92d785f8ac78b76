// The words of every page, in English and Chinese, and the switch between the two.
//
// An element with data-word="some.id" shows that word; put() gives an element its word, putTexts() one that came in
// both languages. All follow the switch.
// The table is strict JSON, one word a line: the test beside mod.rs reads it. Protocol tokens stay untranslated.

const WORDS = {
  "login.title": { "en": "Sign in · wirewalk", "zh": "登录 · wirewalk" },
  "login.title-register": { "en": "Register · wirewalk", "zh": "注册 · wirewalk" },
  "login.sign-in": { "en": "Sign in", "zh": "登录" },
  "login.register": { "en": "Register", "zh": "注册" },
  "login.lead": { "en": "See who is online, live.", "zh": "实时查看在线人数。" },
  "login.user-name": { "en": "User name", "zh": "用户名" },
  "login.password": { "en": "Password", "zh": "密码" },
  "login.show": { "en": "Show password", "zh": "显示密码" },
  "login.hide": { "en": "Hide password", "zh": "隐藏密码" },
  "login.busy": { "en": "One moment…", "zh": "请稍候…" },
  "login.no-name": { "en": "Enter your user name.", "zh": "请输入用户名。" },
  "login.no-password": { "en": "Enter your password.", "zh": "请输入密码。" },
  "login.wrong": { "en": "The user name or the password is wrong.", "zh": "用户名或密码错误。" },
  "login.taken": { "en": "This user name is taken. Choose another, or sign in.", "zh": "该用户名已被注册。请换一个，或直接登录。" },
  "login.registered": { "en": "You are registered, but signing in did not work. Try again.", "zh": "注册成功，但登录未成功，请重试。" },

  "online.title": { "en": "Who is online · wirewalk", "zh": "在线人数 · wirewalk" },
  "online.hello": { "en": "Hello, ", "zh": "你好，" },
  "online.now": { "en": "Online now", "zh": "当前在线" },
  "online.sign-out": { "en": "Sign out", "zh": "退出登录" },
  "online.ask": { "en": "Ask now", "zh": "立即查询" },
  "online.messages": { "en": "Messages", "zh": "消息" },

  "count.live": { "en": "online now", "zh": "人在线" },
  "count.old": { "en": "when last connected", "zh": "人（断线前的数字）" },
  "count.unknown": { "en": "not known yet", "zh": "尚未得知" },

  "state.connecting": { "en": "Connecting", "zh": "正在连接" },
  "state.online": { "en": "Connected", "zh": "已连接" },
  "state.reconnecting": { "en": "Reconnecting", "zh": "正在重新连接" },
  "state.offline": { "en": "Offline, reconnecting", "zh": "网络已断开，等待重连" },
  "state.slow": { "en": "Too slow, reconnecting", "zh": "接收过慢，正在重连" },
  "state.stopping": { "en": "Server stopping, reconnecting", "zh": "服务器正在停止，等待重连" },
  "state.elsewhere": { "en": "Signed in elsewhere", "zh": "您的账号已在其他客户端登录" },
  "state.kicked": { "en": "Signed out by the server", "zh": "已被服务器下线" },
  "state.ended": { "en": "This session has ended", "zh": "本次登录已结束" },
  "state.replaced": { "en": "Open in another tab", "zh": "已在另一个标签页中打开" },
  "state.signed-out": { "en": "Signed out", "zh": "已退出登录" },

  "retry.wait": { "en": "next try in {n} s", "zh": "{n} 秒后重试" },
  "retry.now": { "en": "trying now…", "zh": "正在重试…" },

  "action.retry": { "en": "Try now", "zh": "立即重试" },
  "action.here": { "en": "Use it here", "zh": "在此处使用" },
  "action.sign-in": { "en": "Sign in again", "zh": "重新登录" },

  "answer.none": { "en": "The server’s answer appears here.", "zh": "服务器的回答会显示在这里。" },
  "answer.asking": { "en": "Asking…", "zh": "正在查询…" },
  "answer.text": { "en": "Users online: {n}", "zh": "当前在线人数：{n}" },
  "answer.lost": { "en": "No answer came.", "zh": "没有收到回答。" },
  "answer.not-connected": { "en": "Not connected, so nobody can answer.", "zh": "尚未连接，无法查询。" },

  "messages.none": { "en": "Nothing yet. What the server pushes to you appears here.", "zh": "暂无消息。服务器推送的内容会显示在这里。" },
  "kind.push": { "en": "push", "zh": "推送" },
  "kind.kicked": { "en": "kicked out", "zh": "下线" },
  "kind.error": { "en": "error", "zh": "错误" },
  "kind.other": { "en": "message", "zh": "消息" },

  "lab.title": { "en": "The lab · wirewalk", "zh": "实验室 · wirewalk" },
  "lab.heading": { "en": "The lab", "zh": "实验室" },
  "lab.lead": { "en": "Each experiment breaks a WebSocket on purpose. Run it here, and compare what your browser reports with what really happened.", "zh": "每个实验都故意弄坏一个 WebSocket。在这里运行它，比较浏览器的报告与实际发生的事。" },
  "lab.family-t": { "en": "T · TCP", "zh": "T · TCP" },
  "lab.family-h": { "en": "H · opening handshake", "zh": "H · 打开握手" },
  "lab.family-f": { "en": "F · frames and messages", "zh": "F · 帧与消息" },
  "lab.family-z": { "en": "Z · compression", "zh": "Z · 压缩" },
  "lab.family-c": { "en": "C · closing", "zh": "C · 关闭" },
  "lab.family-l": { "en": "L · liveness", "zh": "L · 存活" },
  "lab.elsewhere": { "en": "Not to be had here", "zh": "这里无法重现的" },
  "lab.shows": { "en": "In the capture", "zh": "抓包中可见" },
  "lab.promise": { "en": "Expected in a browser", "zh": "浏览器应报告" },
  "lab.program": { "en": "No browser can: a program does it", "zh": "浏览器做不到：由程序来做" },
  "lab.seconds": { "en": "Seconds", "zh": "秒数" },
  "lab.run": { "en": "Run", "zh": "运行" },
  "lab.running": { "en": "Running…", "zh": "正在运行…" },
  "lab.kept": { "en": "As expected", "zh": "与预期一致" },
  "lab.other": { "en": "Not as expected: another browser, another report", "zh": "与预期不同：不同浏览器的报告可能不同" },
  "lab.reported": { "en": "What the browser reports", "zh": "浏览器的报告" },
  "lab.happened": { "en": "What really happened", "zh": "实际发生的事" },
  "lab.sent": { "en": "sent", "zh": "发送" },
  "lab.not-sent": { "en": "could not send", "zh": "未能发送" },
  "lab.read": { "en": "read", "zh": "读到" },
  "lab.paused": { "en": "read nothing", "zh": "故意不读" },
  "lab.finished": { "en": "sent FIN", "zh": "发送 FIN" },
  "lab.reset": { "en": "sent RST", "zh": "发送 RST" },
  "lab.peer-finished": { "en": "the browser sent FIN", "zh": "浏览器发来 FIN" },
  "lab.peer-reset": { "en": "the browser sent RST", "zh": "浏览器发来 RST" },
  "lab.time-up": { "en": "ended: it took too long", "zh": "已结束：耗时过长" },
  "lab.stopping": { "en": "ended: the server stops", "zh": "已结束：服务器正在停止" },
  "lab.first-server": { "en": "The server ended TCP first, with {how}.", "zh": "服务器先结束 TCP，使用 {how}。" },
  "lab.first-client": { "en": "The browser ended TCP first, with {how}.", "zh": "浏览器先结束 TCP，使用 {how}。" },

  "report.title": { "en": "Report · wirewalk", "zh": "报告 · wirewalk" },
  "report.open-all": { "en": "Open all", "zh": "全部展开" },
  "report.close-all": { "en": "Close all", "zh": "全部收起" },
  "report.lead": { "en": "Every packet of the capture. Open one to see its bytes explained.", "zh": "抓包中的每一个包。展开即可看到逐字节的解释。" },
  "report.connections": { "en": "Connections", "zh": "连接" },
  "report.truncated": { "en": "The capture is cut short: it is explained as far as it goes.", "zh": "抓包文件不完整：只解释到断开之处。" },
  "report.empty": { "en": "No TCP connection in it.", "zh": "其中没有 TCP 连接。" },
  "report.facts": { "en": "{format} · {link} · {packets} packets", "zh": "{format} · {link} · {packets} 个包" },

  "trouble.unreachable": { "en": "The server cannot be reached. Try again.", "zh": "无法连接服务器，请重试。" },
  "trouble.later": { "en": "Too many tries. Try again later.", "zh": "尝试次数过多，请稍后再试。" },
  "trouble.wait": { "en": "Too many tries. Try again in {n} s.", "zh": "尝试次数过多，请 {n} 秒后再试。" },
  "trouble.code": { "en": "That did not work: the server answered {n}.", "zh": "操作失败：服务器返回 {n}。" }
};

const KEY = "wirewalk-language";
const NAMES = { en: "English", zh: "中文" };
const given = new WeakMap();
const texts = new WeakMap();
const listeners = [];
let current = remembered() ?? document.documentElement.dataset.language ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

/** The language of the page: "en" or "zh". */
export function language() {
  return current;
}

/** Shows the word `id` in `element`, now and after a switch of language. */
export function put(element, id, values = {}) {
  element.dataset.word = id;
  given.set(element, values);
  write(element);
}

/** Shows `text`, which came from outside, in `element` as it is. */
export function putText(element, text) {
  delete element.dataset.word;
  element.textContent = text;
}

/** Shows `both`, which came from outside as `{ en, zh }`, in `element`, now and after a switch of language. */
export function putTexts(element, both) {
  delete element.dataset.word;
  element.dataset.texts = "";
  texts.set(element, both);
  element.textContent = both[current];
}

/** Calls `listener` with the language after each switch. */
export function whenSwitched(listener) {
  listeners.push(listener);
}

/** Puts the page in the reader's language and makes `button` the switch to the other one. */
export function speak(button) {
  const show = () => {
    const other = current === "en" ? "zh" : "en";
    document.documentElement.lang = current;
    button.textContent = NAMES[other];
    button.lang = other;
    document.querySelectorAll("[data-word]").forEach(write);
    document.querySelectorAll("[data-texts]").forEach((element) => { element.textContent = texts.get(element)[current]; });
  };
  button.addEventListener("click", () => {
    current = current === "en" ? "zh" : "en";
    remember(current);
    show();
    listeners.forEach((listener) => listener(current));
  });
  show();
}

function write(element) {
  const values = given.get(element) ?? {};
  const text = WORDS[element.dataset.word][current].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  if (element.textContent !== text) element.textContent = text;
}

// A browser may forbid storage altogether; then the choice lasts as long as the page.
function remembered() {
  try {
    const choice = localStorage.getItem(KEY);
    return Object.hasOwn(NAMES, choice ?? "") ? choice : null;
  } catch {
    return null;
  }
}

function remember(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Nothing to do: see above.
  }
}
