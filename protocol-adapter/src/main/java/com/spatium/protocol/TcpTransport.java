/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.UsageException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames over TCP, bound to the loop-back interface: for two processes on one host, a demonstration
 * or a side-car. It encrypts and authenticates nothing, so the peer's name is what the
 * configuration says, and pairings over it are PENDING until both operators have compared their
 * digits, unless the configuration vouches for the channel.
 *
 * <p>A frame is a 4-byte big-endian length and the SDK's JSON envelope {@code {"room", "topic",
 * "data"}}, data in base64. A frame longer than {@link #MAX_FRAME} closes the connection before
 * anything is allocated for it.
 *
 * <p>{@link #send} goes to every connection and never waits: each connection has a thread that
 * writes. A connection whose other end does not read is closed when too much waits for it. A lost
 * connection is not made again: open a new transport.
 */
public final class TcpTransport implements TransportDriver {
  /** Base64 of a 1 MiB message, and the envelope around it. */
  public static final int MAX_FRAME = (1 << 20) / 3 * 4 + 4096;

  private static final int MAX_CONNECTIONS = 16;

  /** What may wait for a receiver that does not read, until it is taken for dead. */
  private static final long MAX_WAITING_BYTES = 16L << 20;

  private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

  /** For what was sent just before {@link #close}. */
  private static final long CLOSE_WAIT_NANOS = 1_000_000_000;

  private static final Logger log = LoggerFactory.getLogger(TcpTransport.class);
  private static final ObjectMapper json = new ObjectMapper();

  private final PeerId peer;
  private final Subscriptions subscriptions = new Subscriptions();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AutoCloseable acceptor;
  private final int port;
  private volatile boolean closed;

  private TcpTransport(PeerId peer, int port, AutoCloseable acceptor) {
    this.peer = peer;
    this.port = port;
    this.acceptor = acceptor;
  }

  /**
   * Listens on a loop-back port; 0 takes a free one, see {@link #port}.
   *
   * @param peer the name under which messages of whoever connects are reported
   */
  public static TcpTransport listen(int port, PeerId peer) {
    try {
      ServerSocket server =
          new ServerSocket(port, MAX_CONNECTIONS, InetAddress.getLoopbackAddress());
      TcpTransport transport = new TcpTransport(peer, server.getLocalPort(), server);
      transport.daemon("tcp-accept", () -> transport.acceptAll(server));
      return transport;
    } catch (IOException e) {
      throw new TransportException(
          "cannot listen on loop-back port " + port + ": is it in use?", e);
    }
  }

  /** Connects to a loop-back port. */
  public static TcpTransport connect(int port, PeerId peer, Duration timeout) {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
      TcpTransport transport = new TcpTransport(peer, port, () -> {});
      transport.add(socket);
      return transport;
    } catch (IOException e) {
      closeQuietly(socket);
      throw new TransportException(
          "cannot connect to loop-back port " + port + ": does the other party listen there?", e);
    }
  }

  /** The port this end listens on or has connected to. */
  public int port() {
    return port;
  }

  @Override
  public void send(TransportMeta meta, Bytes data) {
    if (data.size() > MAX_MESSAGE) {
      throw new UsageException("a message has at most 1 MiB");
    }
    ObjectNode envelope = json.createObjectNode();
    envelope.put("room", meta.room());
    envelope.put("topic", meta.topic());
    envelope.put("data", Base64.getEncoder().encodeToString(data.toByteArray()));
    byte[] frame;
    try {
      frame = json.writeValueAsBytes(envelope);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("three strings always serialise", e);
    }
    boolean sent = false;
    for (Connection connection : connections) {
      sent |= connection.send(frame);
    }
    if (!sent) {
      throw new TransportException("no connection to the other party", null);
    }
  }

  @Override
  public long on(Filter filter, Callback callback) {
    return subscriptions.on(filter, callback);
  }

  @Override
  public void off(long id) {
    subscriptions.off(id);
  }

  @Override
  public void close() {
    closed = true;
    subscriptions.clear();
    closeQuietly(acceptor);
    List<Connection> open = List.copyOf(connections);
    open.forEach(Connection::finish);
    long until = System.nanoTime() + CLOSE_WAIT_NANOS;
    open.forEach(connection -> connection.awaitWritten(until));
    open.forEach(Connection::close);
  }

  private void acceptAll(ServerSocket server) {
    while (!closed) {
      try {
        Socket socket = server.accept();
        if (connections.size() >= MAX_CONNECTIONS) {
          log.debug("refused a connection: {} are open", MAX_CONNECTIONS);
          closeQuietly(socket);
        } else {
          add(socket);
        }
      } catch (IOException e) {
        if (!closed) {
          log.warn("accepting a connection failed: {}", e.toString());
          LockSupport.parkNanos(
              ACCEPT_PAUSE_NANOS); // no file descriptors, say: trying at once does not help
        }
      }
    }
  }

  private void add(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    Connection connection = new Connection(socket);
    connections.add(connection);
    daemon("tcp-write", () -> connection.writeAll(out));
    daemon("tcp-read", () -> readAll(connection, in));
    if (closed) {
      connection.close();
    }
  }

  private void readAll(Connection connection, DataInputStream in) {
    try {
      while (!closed) {
        int length = in.readInt();
        if (length < 0 || length > MAX_FRAME) {
          log.warn(
              "closed a connection: it announced a frame of {} bytes",
              Integer.toUnsignedString(length));
          return;
        }
        byte[] frame = new byte[length];
        in.readFully(frame);
        dispatch(frame);
      }
    } catch (EOFException e) {
      log.debug("the other party closed the connection");
    } catch (IOException e) {
      if (!closed) {
        log.debug("a connection ended: {}", e.toString());
      }
    } finally {
      connection.close();
    }
  }

  /**
   * A frame that is not an envelope is dropped: whoever sent it, the protocol waits for the right
   * one.
   */
  private void dispatch(byte[] frame) {
    TransportMeta meta;
    Bytes data;
    try {
      JsonNode envelope = json.readTree(frame);
      if (envelope == null
          || !envelope.path("room").isTextual()
          || !envelope.path("topic").isTextual()
          || !envelope.path("data").isTextual()) {
        log.warn("dropped a frame: not an envelope of room, topic and data");
        return;
      }
      meta = new TransportMeta(envelope.path("room").asText(), envelope.path("topic").asText());
      data = Bytes.of(Base64.getDecoder().decode(envelope.path("data").asText()));
    } catch (IOException | IllegalArgumentException e) {
      log.warn("dropped a frame: not JSON, or its data is not base64");
      return;
    }
    subscriptions.deliver(peer, meta, data);
  }

  private void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name + "-" + peer);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.debug("closing failed: {}", e.toString());
    }
  }

  private final class Connection {
    private final Socket socket;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean ended; // takes no more frames
    private boolean written; // the writer has ended

    Connection(Socket socket) {
      this.socket = socket;
    }

    /** False if the connection has ended, or ends because too much waits. */
    boolean send(byte[] frame) {
      synchronized (this) {
        if (ended) {
          return false;
        }
        if (waitingBytes + frame.length <= MAX_WAITING_BYTES) {
          waiting.add(frame);
          waitingBytes += frame.length;
          notifyAll();
          return true;
        }
      }
      log.warn("closed a connection to {}: it does not read", peer);
      close();
      return false;
    }

    private void writeAll(DataOutputStream out) {
      try {
        for (Optional<byte[]> frame = next(); frame.isPresent(); frame = next()) {
          out.writeInt(frame.get().length);
          out.write(frame.get());
          out.flush();
        }
      } catch (IOException e) {
        log.debug("a connection ended: {}", e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        synchronized (this) {
          written = true;
          notifyAll();
        }
        close();
      }
    }

    private synchronized Optional<byte[]> next() throws InterruptedException {
      while (waiting.isEmpty() && !ended) {
        wait();
      }
      Optional<byte[]> frame = Optional.ofNullable(waiting.poll());
      frame.ifPresent(bytes -> waitingBytes -= bytes.length);
      return frame;
    }

    /** No more frames; what waits is still written. */
    synchronized void finish() {
      ended = true;
      notifyAll();
    }

    synchronized void awaitWritten(long until) {
      try {
        for (long left = until - System.nanoTime();
            !written && left > 0;
            left = until - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** At once: what waits is dropped. */
    void close() {
      connections.remove(this);
      synchronized (this) {
        ended = true;
        waiting.clear();
        notifyAll();
      }
      closeQuietly(socket);
    }
  }
}
