// One end of an exchange, by Java's own WebSocket: java Client.java PORT PATH. It speaks twice, as peer.js does: at /echo
// the client closes both connections, elsewhere the server the second. It offers no compression.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

public class Client {
    static class Listener implements WebSocket.Listener {
        final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<ByteBuffer> pongs = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        StringBuilder text = new StringBuilder();
        java.io.ByteArrayOutputStream binary = new java.io.ByteArrayOutputStream();

        public CompletionStage<?> onText(WebSocket ws, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                messages.add(text.toString());
                text = new StringBuilder();
            }
            ws.request(1);
            return null;
        }

        public CompletionStage<?> onBinary(WebSocket ws, ByteBuffer part, boolean last) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            binary.writeBytes(bytes);
            if (last) {
                messages.add(binary.toByteArray());
                binary = new java.io.ByteArrayOutputStream();
            }
            ws.request(1);
            return null;
        }

        public CompletionStage<?> onPong(WebSocket ws, ByteBuffer body) {
            pongs.add(body);
            ws.request(1);
            return null;
        }

        public CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
            closed.complete(code);
            return null;
        }

        public void onError(WebSocket ws, Throwable error) {
            closed.completeExceptionally(error);
        }

        Object next() throws Exception {
            Object message = messages.poll(20, TimeUnit.SECONDS);
            if (message == null) throw new Exception("no answer");
            return message;
        }
    }

    static <T> T wait(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    static void check(boolean right, String what) throws Exception {
        if (!right) throw new Exception(what);
    }

    static void exchange(String url, boolean echoes, String closer) throws Exception {
        Listener listener = new Listener();
        WebSocket ws = wait(HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(url), listener));
        String longText = "a line of a long message ✓\n".repeat(5000);
        for (String text : new String[] {"hello ✓", "", longText, "ping"}) {
            wait(ws.sendText(text, true));
            check(text.equals(listener.next()), "text of " + text.length());
        }
        for (int length : new int[] {0, 1000, 70_000}) {
            byte[] bytes = new byte[length];
            new java.util.Random(7692).nextBytes(bytes);
            wait(ws.sendBinary(ByteBuffer.wrap(bytes), true));
            check(Arrays.equals(bytes, (byte[]) listener.next()), "binary of " + length);
        }
        wait(ws.sendText("one ", false));
        wait(ws.sendText("", false));
        wait(ws.sendText("two", true));
        check("one two".equals(listener.next()), "fragments");
        wait(ws.sendPing(ByteBuffer.wrap("from the client".getBytes())));
        check(listener.pongs.poll(20, TimeUnit.SECONDS) != null, "pong");
        wait(ws.sendPong(ByteBuffer.wrap("not asked for".getBytes())));
        if (closer.equals("client") || echoes) wait(ws.sendClose(4001, "client leaves ✓"));
        else wait(ws.sendText("close", true));
        int code = wait(listener.closed);
        check(code == (closer.equals("client") || echoes ? 4001 : 1001), "close " + code);
    }

    public static void main(String[] arguments) throws Exception {
        String url = "ws://127.0.0.1:" + arguments[0] + arguments[1];
        for (String closer : new String[] {"client", "server"}) exchange(url, arguments[1].equals("/echo"), closer);
        System.exit(0);
    }
}
