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

  "landing.title": { "en": "wirewalk · a WebSocket server you can see through", "zh": "wirewalk · 看得见内部的 WebSocket 服务器" },
  "landing.heading": { "en": "A WebSocket server you can see through", "zh": "看得见内部的 WebSocket 服务器" },
  "landing.lead": { "en": "Every packet, frame and state of a connection, from TCP’s first SYN to TIME-WAIT, shown as it happens and explained byte by byte.", "zh": "从 TCP 的第一个 SYN 到 TIME-WAIT，连接上的每个包、每个帧、每次状态变化，都实时显示、逐字节解读。" },
  "landing.watch": { "en": "Watch your own connection", "zh": "观察自己的连接" },
  "landing.watch-why": { "en": "Your browser opens a WebSocket here, and you see what both ends do. No login.", "zh": "在浏览器里打开一个 WebSocket，看两端各做了什么。无需登录。" },
  "landing.break": { "en": "Break one on purpose", "zh": "故意弄坏一个连接" },
  "landing.break-why": { "en": "Compare what your browser reports with what really happened. No login.", "zh": "对比浏览器的报告与实际发生的事。无需登录。" },
  "landing.online": { "en": "Who is online", "zh": "谁在线" },
  "landing.online-why": { "en": "Sign in, and the number changes the moment someone comes or goes.", "zh": "登录后，有人上线或离开，人数立即更新。" },
  "landing.strip": { "en": "This page has just opened a WebSocket. It began with these packets:", "zh": "本页刚刚打开了一个 WebSocket，它以这几个包开始：" },
  "landing.rebuilt": { "en": "* rebuilt by the rules of TCP from what the server’s socket saw; the addresses and ports are real.", "zh": "* 根据服务器套接字的数据，按 TCP 规则重建；地址和端口是真实的。" },
  "landing.more": { "en": "See how it goes on", "zh": "看后面发生了什么" },

  "error.title-not-found": { "en": "Nothing here · wirewalk", "zh": "页面不存在 · wirewalk" },
  "error.title-not-allowed": { "en": "Not a page · wirewalk", "zh": "不是页面 · wirewalk" },
  "error.not-found": { "en": "There is nothing here", "zh": "页面不存在" },
  "error.no-such-page": { "en": "This server has no page at", "zh": "服务器上没有这个地址：" },
  "error.not-allowed": { "en": "This is not a page", "zh": "这不是页面" },
  "error.other-method": { "en": "Programs and forms send requests here; a browser cannot open it:", "zh": "此地址供程序和表单使用，不能在浏览器中打开：" },
  "error.home": { "en": "To the first page", "zh": "返回首页" },
  "error.no-lab": { "en": "This server has no lab", "zh": "此服务器没有开启实验室" },
  "error.lab-is": { "en": "In the lab a WebSocket is broken on purpose, in many ways, and you compare what your browser reports with what really happened. It has to be switched on when the server starts:", "zh": "实验室用多种方式故意弄坏 WebSocket，让您对比浏览器的报告与实际发生的事。需要在启动服务器时开启：" },
  "error.lab-loopback": { "en": "on this machine only;", "zh": "仅限本机；" },
  "error.lab-any": { "en": "for everyone who can reach the server.", "zh": "对所有能访问服务器的人开放。" },
  "error.watch": { "en": "Watch your own connection instead", "zh": "先去观察自己的连接" },

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

  "online.how": { "en": "See how this number reaches you", "zh": "看这个数字是怎样到达的" },

  "people.own": { "en": "Your devices", "zh": "您的设备" },
  "people.all": { "en": "Who is online", "zh": "在线用户" },
  "people.more": { "en": "and {n} more", "zh": "还有 {n} 人" },
  "people.devices": { "en": "{n} devices", "zh": "{n} 个设备" },
  "device.both": { "en": "{browser} on {system}", "zh": "{system} 上的 {browser}" },
  "device.unknown": { "en": "A program", "zh": "某个程序" },
  "device.since": { "en": "since {time}", "zh": "{time} 上线" },
  "device.here": { "en": "this browser", "zh": "本浏览器" },

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
  "lab.choose": { "en": "Choose experiments", "zh": "选择实验" },
  "lab.search": { "en": "Search", "zh": "搜索" },
  "lab.found": { "en": "{n} of {m} experiments", "zh": "{m} 个实验中的 {n} 个" },
  "lab.none": { "en": "No experiment has all these words.", "zh": "没有实验包含所有这些词。" },
  "lab.run-all": { "en": "Run all shown", "zh": "运行所列的全部实验" },
  "lab.stop": { "en": "Stop", "zh": "停止" },
  "lab.progress": { "en": "{n} of {m} have ended; not as expected: {other}", "zh": "{m} 个中已结束 {n} 个；与预期不同：{other}" },
  "lab.stopped": { "en": "Stopped: {n} of {m} have ended; not as expected: {other}", "zh": "已停止：{m} 个中结束了 {n} 个；与预期不同：{other}" },
  "lab.finished-all": { "en": "All {m} have ended; not as expected: {other}", "zh": "{m} 个全部结束；与预期不同：{other}" },
  "lab.results": { "en": "Results", "zh": "结果" },
  "lab.experiment": { "en": "Experiment", "zh": "实验" },
  "lab.result": { "en": "Result", "zh": "结果" },
  "lab.took": { "en": "Took", "zh": "用时" },
  "lab.more": { "en": "More", "zh": "更多" },
  "lab.waiting": { "en": "Waiting", "zh": "等待中" },
  "lab.why": { "en": "Why it matters", "zh": "为何重要" },
  "lab.ladder": { "en": "In the ladder", "zh": "在时序图中观察" },
  "lab.capture": { "en": "Capture", "zh": "抓包文件" },
  "lab.error": { "en": "error", "zh": "错误" },
  "lab.warning": { "en": "warning", "zh": "警告" },
  "lab.info": { "en": "normal", "zh": "正常" },
  "lab.family-all": { "en": "All", "zh": "全部" },
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
  "inspect.lead": { "en": "Connect, and read here what happens; each packet appears below.", "zh": "点“连接”，这里会说明发生了什么；每个包显示在下方。" },
  "inspect.yours": { "en": "Your browser", "zh": "您的浏览器" },
  "inspect.endpoint": { "en": "Endpoint", "zh": "端点" },
  "inspect.connect": { "en": "Connect", "zh": "连接" },
  "inspect.connect-again": { "en": "New connection", "zh": "新建连接" },
  "inspect.none": { "en": "Not connected", "zh": "未连接" },
  "inspect.connecting": { "en": "Connecting", "zh": "正在连接" },
  "inspect.open": { "en": "Connected", "zh": "已连接" },
  "inspect.closing": { "en": "Closing", "zh": "正在关闭" },
  "inspect.text": { "en": "Text to send", "zh": "要发送的文本" },
  "inspect.send-text": { "en": "Send", "zh": "发送" },
  "inspect.all-controls": { "en": "All controls", "zh": "所有操作" },
  "inspect.more": { "en": "More", "zh": "更多" },
  "inspect.send-binary": { "en": "Send 16 bytes", "zh": "发送 16 字节" },
  "inspect.send-large": { "en": "Send 150,000 bytes", "zh": "发送 150,000 字节" },
  "inspect.send-many": { "en": "Send 1,000 messages", "zh": "发送 1,000 条消息" },
  "inspect.code": { "en": "Close code: 1000, or 3000 to 4999", "zh": "关闭代码：1000，或 3000 到 4999" },
  "inspect.closing-menu": { "en": "Close code and reason", "zh": "关闭代码和原因" },
  "inspect.reason": { "en": "Reason, at most 123 bytes", "zh": "原因，最多 123 字节" },
  "inspect.own-close": { "en": "Close from your browser", "zh": "由您的浏览器关闭" },
  "inspect.wrong-code": { "en": "A script may close with 1000, or with 3000 to 4999.", "zh": "脚本只能用 1000，或 3000 到 4999 来关闭。" },
  "inspect.wrong-reason": { "en": "The reason has {n} bytes; 123 have room in a Close frame.", "zh": "原因有 {n} 字节；关闭帧里只放得下 123 字节。" },
  "inspect.close": { "en": "Close", "zh": "关闭" },
  "inspect.theirs-why": { "en": "A script can send neither a Ping nor fragments, nor cut TCP. So the server does it at its end; your browser answers.", "zh": "脚本既不能发送 Ping，也不能分片，更不能切断 TCP。所以由服务器在它那一端来做，您的浏览器作答。" },
  "inspect.ping": { "en": "Ping", "zh": "发 Ping" },
  "inspect.fragments": { "en": "Fragmented message from the server", "zh": "由服务器发分片消息" },
  "inspect.server-close": { "en": "Close from the server", "zh": "由服务器关闭" },
  "inspect.abort": { "en": "Kill", "zh": "强行切断" },
  "inspect.lab": { "en": "An experiment of the lab", "zh": "实验室的实验" },
  "inspect.experiment": { "en": "Experiment", "zh": "实验" },
  "inspect.run": { "en": "Run", "zh": "运行" },
  "inspect.reported": { "en": "What your browser reports", "zh": "浏览器的报告" },
  "inspect.states": { "en": "States of both ends", "zh": "两端的状态" },
  "inspect.wait-client": { "en": "The client is in TIME-WAIT: {n} s of 60 left", "zh": "客户端处于 TIME-WAIT：60 秒还剩 {n} 秒" },
  "inspect.wait-server": { "en": "The server is in TIME-WAIT: {n} s of 60 left", "zh": "服务器处于 TIME-WAIT：60 秒还剩 {n} 秒" },
  "inspect.wire": { "en": "On the wire", "zh": "线路上" },
  "inspect.enlarge": { "en": "Enlarge", "zh": "放大" },
  "inspect.pause": { "en": "Pause", "zh": "暂停" },
  "inspect.step": { "en": "Step", "zh": "单步" },
  "inspect.speed": { "en": "Speed", "zh": "速度" },
  "inspect.live": { "en": "live", "zh": "实时" },
  "inspect.slow-4": { "en": "4 / s", "zh": "每秒 4 个" },
  "inspect.slow-1": { "en": "1 / s", "zh": "每秒 1 个" },
  "inspect.follow": { "en": "follow the newest", "zh": "跟随最新" },
  "inspect.held": { "en": "{n} packets wait", "zh": "{n} 个包等待显示" },
  "inspect.save": { "en": "Save", "zh": "保存" },
  "inspect.clear": { "en": "Clear", "zh": "清空" },
  "inspect.cleared": { "en": "The rows are gone from here. What is saved still has them.", "zh": "这里的行已清空。保存的文件里仍然都有。" },
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
  "inspect.lost-feed": { "en": "The server tells no more of your connections. This page tries to reach it again.", "zh": "服务器不再报告您的连接。此页面正在重新联系它。" },
  "inspect.back": { "en": "The server is there again, and this page watches again. The rows below are from before: connect anew.", "zh": "服务器已恢复，此页面重新开始观察。下面的行是之前的：请重新连接。" },
  "inspect.why-open": { "en": "There is no open connection: press Connect first.", "zh": "没有打开的连接：请先点“连接”。" },
  "inspect.why-feed": { "en": "The server cannot be reached; this page tries again by itself.", "zh": "无法连接服务器；此页面会自动重试。" },
  "inspect.why-rows": { "en": "There is nothing here yet.", "zh": "这里还没有内容。" },
  "inspect.why-busy": { "en": "The last one is not done yet.", "zh": "上一个还没有完成。" },
  "inspect.why-tour": { "en": "The tour holds the rows until you have predicted.", "zh": "导览进行中：您作出预测之后才显示后面的行。" },
  "inspect.refused": { "en": "The server did not do that: this connection cannot, or it is gone.", "zh": "服务器没有照办：此连接不支持，或者已不存在。" },
  "inspect.sign-in": { "en": "Sign in first: this endpoint is for users.", "zh": "请先登录：此端点仅供用户使用。" },

  "tour.open": { "en": "Tour", "zh": "导览" },
  "tour.go-on": { "en": "Tour ({n}/{m})", "zh": "导览（{n}/{m}）" },
  "tour.leave": { "en": "Leave", "zh": "离开" },
  "tour.close": { "en": "Close the tour", "zh": "结束导览" },
  "tour.predict": { "en": "That is my prediction", "zh": "就这样预测" },
  "tour.choose": { "en": "Choose one first.", "zh": "请先选择一项。" },
  "tour.next": { "en": "Next", "zh": "下一步" },
  "tour.connect-first": { "en": "This step needs an open connection: connect first.", "zh": "这一步需要打开的连接：请先连接。" },
  "tour.right": { "en": "As you predicted:", "zh": "预测正确：" },
  "tour.wrong": { "en": "Not as you predicted. It was:", "zh": "与预测不同。实际是：" },
  "tour.else": { "en": "something else, {value}", "zh": "其他情况，{value}" },
  "tour.see": { "en": "packet {n}", "zh": "第 {n} 个包" },
  "tour.score": { "en": "{n} predicted right", "zh": "已猜对 {n} 个" },
  "tour.over": { "en": "The tour is over: {n} of {m} predicted right", "zh": "导览结束：{m} 个中猜对 {n} 个" },
  "tour.after": { "en": "The connection is yours: try fragments, another close code, or Kill, and see who sends what.", "zh": "连接交给您了：试试分片、别的关闭代码或者强行切断，看看谁发了什么。" },

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
