/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath.internal;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Finds libecmath, loads it, and checks that it speaks our ABI version before anything else is
 * called.
 *
 * <p>With {@value #LIBRARY_PROPERTY} that file is loaded and nothing else is tried. Without it the
 * library of this platform is copied from the class path into a new directory that only we can
 * enter, loaded, and deleted at once: no other process can swap the file between the copy and the
 * load, and nothing is left behind.
 */
public final class NativeLoader {
  /** Absolute path of a library to load instead of the one in the jar. */
  public static final String LIBRARY_PROPERTY = "com.spatium.ecmath.library";

  /**
   * Where the private directory is made; by default {@code java.io.tmpdir}. It must allow
   * execution.
   */
  public static final String TMPDIR_PROPERTY = "com.spatium.ecmath.tmpdir";

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Optional<String> explicit;
  private final Optional<String> tmpdir;
  private final ClassLoader resources;

  NativeLoader(Optional<String> explicit, Optional<String> tmpdir, ClassLoader resources) {
    this.explicit = explicit;
    this.tmpdir = tmpdir;
    this.resources = resources;
  }

  /** The loader as the system properties configure it. */
  static NativeLoader fromSystemProperties() {
    return new NativeLoader(
        Optional.ofNullable(System.getProperty(LIBRARY_PROPERTY)),
        Optional.ofNullable(System.getProperty(TMPDIR_PROPERTY)),
        NativeLoader.class.getClassLoader());
  }

  /** Loads the library and binds {@link Ecm} to it. */
  void loadAndBind() throws LoadFailure {
    Ecm.bind(load());
  }

  NativeLibrary load() throws LoadFailure {
    if (Native.POINTER_SIZE != 8) {
      throw new LoadFailure(
          "ecmath needs a 64-bit JVM; this one has pointers of " + Native.POINTER_SIZE + " bytes");
    }
    NativeLibrary library =
        explicit.isPresent() ? open(explicitPath(explicit.get())) : openExtracted();
    checkAbi(library);
    return library;
  }

  private static Path explicitPath(String value) throws LoadFailure {
    Path path = Path.of(value);
    if (!path.isAbsolute()) {
      throw new LoadFailure(LIBRARY_PROPERTY + " must be an absolute path, but is '" + value + "'");
    }
    if (!Files.isReadable(path)) {
      throw new LoadFailure(LIBRARY_PROPERTY + " names '" + value + "', which cannot be read");
    }
    return path;
  }

  private NativeLibrary openExtracted() throws LoadFailure {
    String resource = Platform.RESOURCE_PREFIX + "/libecmath.so";
    Path parent = Path.of(tmpdir.orElseGet(() -> System.getProperty("java.io.tmpdir", "/tmp")));
    try (InputStream in = resources.getResourceAsStream(resource)) {
      if (in == null) {
        throw new LoadFailure(
            "no ecmath library for this platform: "
                + resource
                + " is not on the class path; build it and set "
                + LIBRARY_PROPERTY);
      }
      Path directory = Files.createTempDirectory(parent, "ecmath-", OWNER_ONLY);
      Path file = directory.resolve("libecmath.so");
      try {
        Files.copy(in, file);
        return open(file);
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      throw new LoadFailure(
          "cannot extract the ecmath library into " + parent + ": set " + TMPDIR_PROPERTY, e);
    }
  }

  private static NativeLibrary open(Path file) throws LoadFailure {
    try {
      return NativeLibrary.getInstance(file.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new LoadFailure(
          "cannot load "
              + file
              + ": not a library for this machine, or a directory mounted noexec (set "
              + TMPDIR_PROPERTY
              + ")",
          e);
    }
  }

  private static void checkAbi(NativeLibrary library) throws LoadFailure {
    int version;
    try {
      version = library.getFunction("ecm_abi_version").invokeInt(new Object[0]);
    } catch (UnsatisfiedLinkError e) {
      throw new LoadFailure(library.getName() + " is not ecmath: it has no ecm_abi_version", e);
    }
    if (version != Ecm.ABI_VERSION) {
      throw new LoadFailure(
          library.getName()
              + " has ABI version "
              + version
              + ", this jar needs "
              + Ecm.ABI_VERSION
              + ": use the library of the same release");
    }
  }
}
