// @ts-check
// The words of every page, in English and Chinese, and the switch between the two.
//
// An element with data-word="some.id" shows that word; put() gives an element its word, putTexts() one that came in
// both languages. All follow the switch.
// The table is strict JSON, one word a line: the test beside mod.rs reads it. Protocol tokens stay untranslated.

/** @type {Record<string, { en: string, zh: string }>} */
const WORDS = {
  "header.watch": { "en": "Watch", "zh": "观察" },
  "header.lab": { "en": "Lab", "zh": "实验室" },
  "header.online": { "en": "Online", "zh": "在线" },
  "header.learn": { "en": "Learn", "zh": "教程" },
  "header.theme": { "en": "Switch between dark and light", "zh": "切换深色或浅色" },

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
  "login.name-empty": { "en": "The user name is empty.", "zh": "用户名不能为空。" },
  "login.name-long": { "en": "The user name is longer than 32 characters.", "zh": "用户名不能超过 32 个字符。" },
  "login.name-edge": { "en": "The user name begins or ends with white space.", "zh": "用户名的开头和结尾不能是空白。" },
  "login.name-double": { "en": "The user name has two spaces in a row.", "zh": "用户名中不能有连续的空格。" },
  "login.name-character": { "en": "The user name has a character that is not a letter, a digit, a space or one of _ - . @", "zh": "用户名只能包含字母、数字、空格和 _ - . @" },
  "login.name-reserved": { "en": "This user name is reserved for the service. Choose another.", "zh": "该用户名为系统保留，请换一个。" },
  "login.password-short": { "en": "The password is shorter than 8 characters.", "zh": "密码至少需要 8 个字符。" },
  "login.password-long": { "en": "The password is longer than 256 bytes.", "zh": "密码不能超过 256 个字节。" },
  "login.password-name": { "en": "The password is the user name. Choose another.", "zh": "密码不能与用户名相同。" },
  "login.password-repeated": { "en": "The password is one character repeated. Choose another.", "zh": "密码不能只是同一个字符的重复。" },
  "login.password-common": { "en": "This password is among the commonest. Take several words.", "zh": "该密码过于常见。请用几个词组成密码。" },
  "login.password-tail": { "en": "This is a common password with digits or signs at its end. Take several words.", "zh": "该密码只是常见密码加上几个数字或符号。请用几个词组成密码。" },
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
  "state.many": { "en": "Too many connections of this account, trying again", "zh": "此账号的连接过多，稍后重试" },
  "state.stopping": { "en": "Server stopping, reconnecting", "zh": "服务器正在停止，等待重连" },
  "state.elsewhere": { "en": "Signed in elsewhere", "zh": "您的账号已在其他客户端登录" },
  "state.administrator": { "en": "Removed by an administrator", "zh": "已被管理员移出" },
  "state.password": { "en": "The password was changed: sign in again", "zh": "密码已修改，请重新登录" },
  "state.limit": { "en": "Too many sessions: this one was the oldest", "zh": "登录数量已达上限，最早的登录已结束" },
  "state.expired": { "en": "The session has expired: sign in again", "zh": "登录已过期，请重新登录" },
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
  "kind.kicked": { "en": "session ended", "zh": "下线" },
  "kind.error": { "en": "error", "zh": "错误" },
  "kind.other": { "en": "message", "zh": "消息" },

  "password.heading": { "en": "Change password", "zh": "修改密码" },
  "password.current": { "en": "Current password", "zh": "当前密码" },
  "password.new": { "en": "New password", "zh": "新密码" },
  "password.change": { "en": "Change", "zh": "修改" },
  "password.done": { "en": "Changed. Your other sessions have ended.", "zh": "密码已修改，您的其他登录已结束。" },
  "password.no-current": { "en": "Enter your current password.", "zh": "请输入当前密码。" },
  "password.no-new": { "en": "Enter a new password.", "zh": "请输入新密码。" },
  "password.wrong": { "en": "The current password is wrong.", "zh": "当前密码错误。" },

  "walkthrough.title": { "en": "One connection, from SYN to TIME-WAIT · wirewalk", "zh": "一条连接：从 SYN 到 TIME-WAIT · wirewalk" },

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
  "report.empty": { "en": "No TCP connection to show.", "zh": "没有可显示的 TCP 连接。" },
  "report.packets": { "en": "{n} packets", "zh": "{n} 个包" },

  "inspect.title": { "en": "Watch a connection · wirewalk", "zh": "观察连接 · wirewalk" },
  "inspect.heading": { "en": "Watch your own connection", "zh": "观察您自己的连接" },
  "inspect.lead": { "en": "Open a WebSocket here, and see what both ends do: each packet, each frame, each state.", "zh": "在这里打开一个 WebSocket，看两端各做了什么：每个包、每个帧、每个状态。" },
  "inspect.yours": { "en": "Your browser", "zh": "您的浏览器" },
  "inspect.endpoint": { "en": "Endpoint", "zh": "端点" },
  "inspect.connect": { "en": "Connect", "zh": "连接" },
  "inspect.none": { "en": "Not connected", "zh": "未连接" },
  "inspect.connecting": { "en": "Connecting", "zh": "正在连接" },
  "inspect.open": { "en": "Connected", "zh": "已连接" },
  "inspect.closing": { "en": "Closing", "zh": "正在关闭" },
  "inspect.text": { "en": "Text to send", "zh": "要发送的文本" },
  "inspect.send-text": { "en": "Send text", "zh": "发送文本" },
  "inspect.send-binary": { "en": "Send 16 bytes", "zh": "发送 16 字节" },
  "inspect.send-large": { "en": "Send 150,000 bytes", "zh": "发送 150,000 字节" },
  "inspect.send-many": { "en": "Send 1,000 messages", "zh": "发送 1,000 条消息" },
  "inspect.code": { "en": "Close code", "zh": "关闭代码" },
  "inspect.close": { "en": "Close", "zh": "关闭" },
  "inspect.theirs": { "en": "The server, on request", "zh": "由服务器代劳" },
  "inspect.theirs-why": { "en": "A script can send neither a Ping nor fragments, nor cut TCP. So the server does it at its end; your browser answers.", "zh": "脚本既不能发送控制帧，也不能分片，更不能切断 TCP。所以由服务器在它那一端来做，您的浏览器作答。" },
  "inspect.ping": { "en": "Ping", "zh": "发送心跳帧" },
  "inspect.fragments": { "en": "Fragmented message", "zh": "分片消息" },
  "inspect.server-close": { "en": "Close from the server", "zh": "由服务器关闭" },
  "inspect.abort": { "en": "Kill without Close", "zh": "不发关闭帧，直接切断" },
  "inspect.lab": { "en": "An experiment of the lab", "zh": "实验室的实验" },
  "inspect.experiment": { "en": "Experiment", "zh": "实验" },
  "inspect.run": { "en": "Run", "zh": "运行" },
  "inspect.reported": { "en": "What your browser reports", "zh": "浏览器的报告" },
  "inspect.states": { "en": "States of both ends", "zh": "两端的状态" },
  "inspect.wait-client": { "en": "The client waits in TIME-WAIT: {n} s left of the 60 that Linux waits", "zh": "客户端处于 TIME-WAIT：Linux 等待 60 秒，还剩 {n} 秒" },
  "inspect.wait-server": { "en": "The server waits in TIME-WAIT: {n} s left of the 60 that Linux waits", "zh": "服务器处于 TIME-WAIT：Linux 等待 60 秒，还剩 {n} 秒" },
  "inspect.round-trip": { "en": "Last round trip from Ping to Pong: {time}", "zh": "最近一次 Ping 到 Pong 的往返：{time}" },
  "inspect.wire": { "en": "On the wire", "zh": "线路上" },
  "inspect.pause": { "en": "Pause", "zh": "暂停" },
  "inspect.step": { "en": "Step", "zh": "单步" },
  "inspect.speed": { "en": "Speed", "zh": "速度" },
  "inspect.live": { "en": "as it happens", "zh": "实时" },
  "inspect.slow-4": { "en": "4 packets a second", "zh": "每秒 4 个包" },
  "inspect.slow-1": { "en": "1 packet a second", "zh": "每秒 1 个包" },
  "inspect.follow": { "en": "Follow the newest", "zh": "跟随最新" },
  "inspect.held": { "en": "{n} packets wait to be shown; the network does not", "zh": "{n} 个包等待显示；网络没有停" },
  "inspect.save": { "en": "Save as", "zh": "另存为" },
  "inspect.folded": { "en": "Too fast to read: {frames} frames in {packets} packets (#{from} to #{to}) are folded. What is saved has them.", "zh": "快得来不及读：已折叠 {packets} 个包（#{from} 至 #{to}）中的 {frames} 个帧。保存的文件里都有。" },
  "inspect.folded-gone": { "en": "Too fast to read: {frames} frames in {packets} packets (#{from} to #{to}) are folded; the oldest {gone} packets of them are no longer kept here. What is saved has them.", "zh": "快得来不及读：已折叠 {packets} 个包（#{from} 至 #{to}）中的 {frames} 个帧；其中最早的 {gone} 个包已不再保留。保存的文件里都有。" },
  "inspect.unfold": { "en": "Show them", "zh": "展开" },
  "inspect.lost": { "en": "This page was too slow: {n} events are not shown. The server did not wait.", "zh": "此页面太慢：有 {n} 个事件没有显示。服务器没有等待。" },
  "inspect.full": { "en": "Saved files end before packet {n}: no more is kept.", "zh": "保存的文件到第 {n} 个包之前为止：不再多留。" },
  "inspect.how": { "en": "What is measured here, and what is not", "zh": "这里哪些是实测，哪些不是" },
  "inspect.measured": { "en": "Measured: the bytes that the server’s socket received and sent, their order, and when.", "zh": "实测：服务器的套接字收到和发出的字节、次序和时间。" },
  "inspect.rebuilt": { "en": "Rebuilt (marked *): the packets around them. Where bytes were cut into segments, the acknowledgments and the server’s sequence numbers are made up by the rules of TCP. For real packets start the server with --capture.", "zh": "重建（标记 *）：字节之外的包。分段的位置、确认以及服务器的序列号，都是按 TCP 规则补上的。要看真实的包，请用 --capture 启动服务器。" },
  "inspect.inferred": { "en": "Inferred (marked ?): states that no packet shows, such as the end of TIME-WAIT.", "zh": "推断（标记 ?）：没有包能显示的状态，例如 TIME-WAIT 的结束。" },
  "inspect.hidden": { "en": "Overwritten with x, byte for byte, because they can be secret: the values of Cookie, Authorization and all other headers that are not known to be harmless, and those in the query.", "zh": "可能是机密的内容都逐字节换成了 x：Cookie、Authorization 等未知是否无害的头字段的值，以及查询参数的值。" },
  "inspect.nothing": { "en": "Nothing yet. Connect, and each packet appears here.", "zh": "暂无内容。连接之后，每个包都会显示在这里。" },
  "inspect.gone": { "en": "The server tells no more of your connections. Load the page again.", "zh": "服务器不再报告您的连接。请重新加载页面。" },
  "inspect.refused": { "en": "The server did not do that: this connection cannot, or it is gone.", "zh": "服务器没有照办：此连接不支持，或者已不存在。" },
  "inspect.already": { "en": "You are connected. Close first.", "zh": "已经连接。请先关闭。" },
  "inspect.not-open": { "en": "Not connected. Connect first.", "zh": "尚未连接。请先连接。" },
  "inspect.sign-in": { "en": "Sign in first: this endpoint is for users.", "zh": "请先登录：此端点仅供用户使用。" },

  "trouble.unreachable": { "en": "The server cannot be reached. Try again.", "zh": "无法连接服务器，请重试。" },
  "trouble.later": { "en": "Too many tries. Try again later.", "zh": "尝试次数过多，请稍后再试。" },
  "trouble.wait": { "en": "Too many tries. Try again in {n} s.", "zh": "尝试次数过多，请 {n} 秒后再试。" },
  "trouble.busy": { "en": "The server cannot do this now. Try again in {n} s.", "zh": "服务器暂时无法处理，请 {n} 秒后重试。" },
  "trouble.code": { "en": "That did not work: the server answered {n}.", "zh": "操作失败：服务器返回 {n}。" }
};

const KEY = "wirewalk-language";
const NAMES = { en: "English", zh: "中文" };
/** @type {WeakMap<Element, Record<string, unknown>>} */
const given = new WeakMap();
/** @type {WeakMap<Element, Feed.Both>} */
const texts = new WeakMap();
/** @type {((language: "en" | "zh") => void)[]} */
const listeners = [];
/** @type {"en" | "zh"} */
let current = remembered() ?? ofPage() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

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
    document.querySelectorAll("[data-texts]").forEach((element) => { element.textContent = texts.get(element)?.[current] ?? ""; });
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
  const text = WORDS[element.dataset.word][current].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  if (element.textContent !== text) element.textContent = text;
}

/** The language that the page was made in, if it was. @returns {"en" | "zh" | undefined} */
function ofPage() {
  return /** @type {"en" | "zh" | undefined} */ (document.documentElement.dataset.language);
}

// A browser may forbid storage altogether; then the choice lasts as long as the page.
/** @returns {"en" | "zh" | null} */
function remembered() {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === "en" || choice === "zh" ? choice : null;
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
