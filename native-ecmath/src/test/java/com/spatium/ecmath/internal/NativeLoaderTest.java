/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way in which there is no library is reported with what was tried. */
class NativeLoaderTest {
  private static final ClassLoader OURS = NativeLoader.class.getClassLoader();

  @TempDir Path directory;

  private String failureOf(Optional<String> explicit, ClassLoader resources) {
    NativeLoader loader = new NativeLoader(explicit, Optional.of(directory.toString()), resources);
    return String.valueOf(assertThrows(LoadFailure.class, loader::load).getMessage());
  }

  private static void assertContains(String part, String whole) {
    assertTrue(whole.contains(part), whole);
  }

  @Test
  void aPathThatDoesNotExistIsNamed() {
    String message = failureOf(Optional.of("/nonexistent/libecmath.so"), OURS);
    assertContains("/nonexistent/libecmath.so", message);
    assertContains(NativeLoader.LIBRARY_PROPERTY, message);
  }

  @Test
  void aRelativePathIsRefusedBecauseTheSearchPathWouldDecide() {
    assertContains("absolute", failureOf(Optional.of("libecmath.so"), OURS));
  }

  @Test
  void aFileThatIsNoLibraryIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("libecmath.so"), "not a library");
    assertContains("cannot load " + text, failureOf(Optional.of(text.toString()), OURS));
  }

  @Test
  void aLibraryOfAnotherAbiVersionIsRefused() throws Exception {
    Path library = compile("#include <stdint.h>\nint32_t ecm_abi_version(void) { return 99; }\n");
    assertContains("ABI version 99", failureOf(Optional.of(library.toString()), OURS));
  }

  @Test
  void aLibraryThatIsNotOursIsRefused() throws Exception {
    Path library = compile("int something_else(void) { return 2; }\n");
    assertContains("is not ecmath", failureOf(Optional.of(library.toString()), OURS));
  }

  @Test
  void aPlatformWithoutALibraryIsNamed() {
    String message = failureOf(Optional.empty(), new ResourceLoader(null));
    assertContains(Platform.RESOURCE_PREFIX + "/libecmath.so", message);
    assertContains(NativeLoader.LIBRARY_PROPERTY, message);
  }

  @Test
  void aDamagedResourceIsRefusedAndLeavesNothingBehind() throws IOException {
    assertContains(
        "cannot load", failureOf(Optional.empty(), new ResourceLoader(new byte[] {1, 2, 3})));
    assertEquals(List.of(), list());
  }

  @Test
  void anExtractionDirectoryThatDoesNotExistIsNamed() {
    NativeLoader loader =
        new NativeLoader(
            Optional.empty(), Optional.of("/nonexistent/dir"), new ResourceLoader(new byte[] {1}));
    LoadFailure failure = assertThrows(LoadFailure.class, loader::load);
    assertContains("/nonexistent/dir", String.valueOf(failure.getMessage()));
    assertContains(NativeLoader.TMPDIR_PROPERTY, String.valueOf(failure.getMessage()));
  }

  @Test
  void theLibraryIsExtractedWhereOnlyWeCanEnterAndLeavesNothingBehind() throws Exception {
    Path library = compile("#include <stdint.h>\nint32_t ecm_abi_version(void) { return 2; }\n");
    Files.createDirectory(directory.resolve("work"));
    Path work = directory.resolve("work");
    // While the resource is being copied, the private directory is there to be looked at.
    byte[] content = Files.readAllBytes(library);
    StringBuilder seen = new StringBuilder();
    ClassLoader looking =
        new ResourceLoader(content) {
          @Override
          void onRead() {
            try (Stream<Path> children = Files.list(work)) {
              for (Path child : children.toList()) {
                seen.append(PosixFilePermissions.toString(Files.getPosixFilePermissions(child)));
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    assertNotNull(new NativeLoader(Optional.empty(), Optional.of(work.toString()), looking).load());
    assertTrue(seen.toString().startsWith("rwx------"), seen.toString());
    try (Stream<Path> children = Files.list(work)) {
      assertEquals(List.of(), children.toList());
    }
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  private Path compile(String source) throws Exception {
    Path c = Files.writeString(directory.resolve("bogus.c"), source);
    Path so = directory.resolve("libbogus.so");
    try {
      Process cc =
          new ProcessBuilder("cc", "-shared", "-fPIC", "-o", so.toString(), c.toString())
              .inheritIO()
              .start();
      assertEquals(0, cc.waitFor());
    } catch (IOException e) {
      Assumptions.abort("SKIPPED: no C compiler 'cc' to make a bogus library: " + e.getMessage());
    }
    return so;
  }

  /** Serves one resource of given content, or none. */
  private static class ResourceLoader extends ClassLoader {
    private final byte[] content;

    ResourceLoader(byte[] content) {
      super(null);
      this.content = content;
    }

    void onRead() {}

    @Override
    public InputStream getResourceAsStream(String name) {
      return content == null
          ? null
          : new ByteArrayInputStream(content) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
              onRead();
              return super.read(b, off, len);
            }

            @Override
            public synchronized long transferTo(OutputStream out) throws IOException {
              onRead();
              return super.transferTo(out);
            }
          };
    }
  }
}
