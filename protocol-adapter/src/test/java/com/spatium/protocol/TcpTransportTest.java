/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static com.spatium.protocol.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class TcpTransportTest extends TransportDriverContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final PeerId A = new PeerId("a");
  private static final PeerId B = new PeerId("b");
  private static final String ENVELOPE = "{\"room\":\"r\",\"topic\":\"t\",\"data\":\"AQID\"}";

  @Override
  protected Ends connect() {
    TcpTransport second = TcpTransport.listen(0, A);
    TcpTransport first = TcpTransport.connect(second.port(), B, TIMEOUT);
    // connect() returns when the system has accepted, which is before the listener's thread has.
    AtomicBoolean connected = new AtomicBoolean();
    long hello = first.on(TransportDriver.Filter.all(), (from, meta, data) -> connected.set(true));
    eventually(() -> sends(second, new TransportMeta("", "hello"), Bytes.empty()));
    eventually(connected::get);
    first.off(hello);
    return new Ends(first, second, A, B);
  }

  private static Socket raw(TcpTransport to) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static byte[] frame(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[4 + bytes.length];
    frame[0] = (byte) (bytes.length >> 24);
    frame[1] = (byte) (bytes.length >> 16);
    frame[2] = (byte) (bytes.length >> 8);
    frame[3] = (byte) bytes.length;
    System.arraycopy(bytes, 0, frame, 4, bytes.length);
    return frame;
  }

  @Test
  void aFrameTooLongClosesItsConnectionBeforeAnythingIsAllocated() throws Exception {
    AtomicReference<Throwable> uncaught = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    // An array of the announced length would be an OutOfMemoryError in the reading thread.
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.set(e));
    try (TcpTransport transport = TcpTransport.listen(0, A)) {
      for (int length :
          new int[] {TcpTransport.MAX_FRAME + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
        try (Socket socket = raw(transport)) {
          new DataOutputStream(socket.getOutputStream()).writeInt(length);
          assertEquals(-1, socket.getInputStream().read(), "closed after " + length);
        }
      }
      assertNull(uncaught.get());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void framesThatAreNoEnvelopesAreDroppedAndTheConnectionLivesOn() throws Exception {
    try (TcpTransport transport = TcpTransport.listen(0, A);
        Socket socket = raw(transport)) {
      var received = collect(transport, TransportDriver.Filter.all());
      for (String garbage :
          List.of(
              "",
              "x",
              "null",
              "[]",
              "[".repeat(100_000),
              "{\"room\":\"r\"}",
              "{\"room\":1,\"topic\":\"t\",\"data\":\"AQID\"}",
              "{\"room\":\"r\",\"topic\":\"t\",\"data\":\"!\"}",
              "{\"room\":\"r\",\"topic\":\"t\",\"data\":\"AQID\"",
              "{\"room\":\"r\",\"topic\":\"t\",\"data\":{\"a\":1}}")) {
        socket.getOutputStream().write(frame(garbage));
      }
      socket.getOutputStream().write(frame(ENVELOPE));
      assertEquals(
          new Received(A, new TransportMeta("r", "t"), Bytes.ofHex("010203")), next(received));
      assertNull(received.poll());
    }
  }

  @Test
  void aFrameMayComeByteByByteOrWithOthers() throws Exception {
    try (TcpTransport transport = TcpTransport.listen(0, A);
        Socket socket = raw(transport)) {
      socket.setTcpNoDelay(true);
      var received = collect(transport, TransportDriver.Filter.all());
      for (byte b : frame(ENVELOPE)) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      byte[] one = frame(ENVELOPE);
      byte[] three = new byte[3 * one.length];
      for (int i = 0; i < 3; i++) {
        System.arraycopy(one, 0, three, i * one.length, one.length);
      }
      socket.getOutputStream().write(three);
      for (int i = 0; i < 4; i++) {
        assertEquals(Bytes.ofHex("010203"), next(received).data());
      }
    }
  }

  @Test
  void aConnectionThatNeverReadsIsClosedAndTheOthersAreServed() throws Exception {
    try (TcpTransport transport = TcpTransport.listen(0, A);
        Socket stalled = raw(transport);
        TcpTransport good = TcpTransport.connect(transport.port(), B, TIMEOUT)) {
      var received = collect(good, TransportDriver.Filter.all());
      stalled.getOutputStream().write(frame(ENVELOPE));
      Bytes big = Bytes.of(new byte[TransportDriver.MAX_MESSAGE]);
      TransportMeta meta = new TransportMeta("r", "t");
      eventually(() -> sends(transport, meta, Bytes.empty()) && received.poll() != null);
      // More than both kernel buffers and the queue hold: 40 × 1.4 MB, each delivered to the one
      // that reads.
      for (int i = 0; i < 40; i++) {
        transport.send(meta, big);
        eventually(() -> takesBig(received));
      }
    }
  }

  private static boolean takesBig(java.util.Queue<Received> received) {
    Received next = received.poll();
    return next != null && next.data().size() == TransportDriver.MAX_MESSAGE;
  }

  private static boolean sends(TcpTransport transport, TransportMeta meta, Bytes data) {
    try {
      transport.send(meta, data);
      return true;
    } catch (TransportException e) {
      return false;
    }
  }

  @Test
  void connectionsAreBounded() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (TcpTransport transport = TcpTransport.listen(0, A)) {
      var received = collect(transport, TransportDriver.Filter.all());
      for (int i = 0; i < 16; i++) {
        Socket socket = raw(transport);
        sockets.add(socket);
        socket.getOutputStream().write(frame(ENVELOPE));
        assertEquals(Bytes.ofHex("010203"), next(received).data());
      }
      try (Socket refused = raw(transport)) {
        assertEquals(-1, refused.getInputStream().read());
      }
      sockets.remove(0).close();
      eventually(() -> serves(transport, received));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static boolean serves(TcpTransport transport, java.util.Queue<Received> received) {
    try (Socket socket = raw(transport)) {
      socket.getOutputStream().write(frame(ENVELOPE));
      socket.shutdownOutput();
      while (socket.getInputStream().read() >= 0) {
        // until it is closed over there
      }
      return received.poll() != null;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void itListensOnTheLoopBackInterfaceOnly() throws Exception {
    try (TcpTransport transport = TcpTransport.listen(0, A)) {
      assertTrue(transport.port() > 0);
      List<InetAddress> others =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(
                  address ->
                      !address.isLoopbackAddress() && address instanceof java.net.Inet4Address)
              .toList();
      for (InetAddress address : others) {
        try (Socket socket = new Socket()) {
          assertThrows(
              ConnectException.class,
              () -> socket.connect(new InetSocketAddress(address, transport.port()), 5_000));
        }
      }
    }
  }

  @Test
  void nobodyThereIsSaidClearly() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
      TransportException taken =
          assertThrows(TransportException.class, () -> TcpTransport.listen(port, A));
      assertTrue(taken.getMessage().contains("in use"), taken.getMessage());
    }
    TransportException e =
        assertThrows(TransportException.class, () -> TcpTransport.connect(port, A, TIMEOUT));
    assertTrue(e.getMessage().contains("does the other party listen there?"), e.getMessage());
  }
}
