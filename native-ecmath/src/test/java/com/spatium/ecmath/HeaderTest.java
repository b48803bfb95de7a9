/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.ecmath.internal.Ecm;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Java side says what ecm.h says: functions, parameter types, error codes, version. */
class HeaderTest {
  private static final String HEADER = read();

  private static String read() {
    try {
      return Files.readString(Path.of("src/main/c/ecm.h"));
    } catch (IOException e) {
      throw new AssertionError("run in the module's directory", e);
    }
  }

  private static List<MatchResult> find(String regex) {
    return Pattern.compile(regex, Pattern.DOTALL).matcher(HEADER).results().toList();
  }

  /** The Java type of a C parameter, by the rules in the javadoc of {@link Ecm}. */
  private static String javaType(String parameter) {
    String p = parameter.strip().replaceAll("\\s+", " ").replace("const ", "");
    String type = p.substring(0, p.indexOf(' '));
    String java =
        switch (type) {
          case "uint8_t", "int8_t" -> "byte";
          case "uint32_t", "int32_t" -> "int";
          case "uint64_t", "size_t", "ecm_handle" -> "long";
          default -> throw new AssertionError("a type that the binding does not know: " + p);
        };
    return p.contains("*") ? java + "[]" : java;
  }

  @Test
  void everyFunctionIsBoundWithTheTypesOfTheHeader() {
    Map<String, String> header = new TreeMap<>();
    for (MatchResult f : find("ECM_API\\s+int32_t\\s+(ecm_\\w+)\\(([^)]*)\\);")) {
      List<String> types = new ArrayList<>();
      for (String parameter : f.group(2).split(",", -1)) {
        if (!parameter.strip().equals("void")) {
          types.add(javaType(parameter));
        }
      }
      header.put(f.group(1), types.toString());
    }
    Map<String, String> binding = new TreeMap<>();
    for (Method m : Ecm.class.getDeclaredMethods()) {
      if (Modifier.isNative(m.getModifiers())) {
        assertEquals(int.class, m.getReturnType());
        binding.put(
            m.getName(),
            Arrays.stream(m.getParameterTypes()).map(Class::getSimpleName).toList().toString());
      }
    }
    assertEquals(header, binding);
    assertEquals(find("\nECM_API ").size(), header.size(), "every declaration was understood");
    assertTrue(header.size() > 70);
  }

  @Test
  void everyErrorCodeHasItsConstantAndNothingIsMadeUp() {
    Map<String, Integer> header = new TreeMap<>();
    for (MatchResult e : find("ECM_E_(\\w+) = (-\\d+)")) {
      header.put(e.group(1), Integer.valueOf(e.group(2)));
    }
    Map<String, Integer> java = new TreeMap<>();
    for (EcError e : EcError.values()) {
      if (e != EcError.LOAD && e != EcError.UNKNOWN) {
        java.put(e.name(), e.code());
        assertEquals(e, EcError.of(e.code()));
      }
    }
    assertEquals(header, java);
    assertEquals(EcError.UNKNOWN, EcError.of(-1000));
  }

  @Test
  void versionAndConstantsAreTheSame() {
    assertEquals(Integer.toString(Ecm.ABI_VERSION), find("ECM_ABI_VERSION (\\d+)").get(0).group(1));
    assertEquals(
        Integer.toString(SecretHashing.SEAL_OVERHEAD),
        find("ECM_SEAL_OVERHEAD (\\d+)").get(0).group(1));
    assertEquals(
        Integer.toString(VaultReport.WORDS), find("ECM_REPORT_WORDS = (\\d+)").get(0).group(1));
    assertEquals(0, SecretFormat.RAW.code());
    assertEquals(
        Integer.toString(SecretFormat.LINE.code()),
        find("ECM_FORMAT_LINE = (\\d+)").get(0).group(1));
    assertEquals(
        Integer.toString(SecretFormat.HEX_LINE.code()),
        find("ECM_FORMAT_HEX_LINE = (\\d+)").get(0).group(1));
  }

  @Test
  void anErrorBecomesTheExceptionThatSaysWhatToDo() {
    for (EcError e : EcError.values()) {
      RuntimeException exception = Calls.failure("somewhere", e.code());
      String message = String.valueOf(exception.getMessage());
      assertTrue(message.startsWith("somewhere: "), message);
      assertFalse(message.substring("somewhere: ".length()).isBlank());
      if (e == EcError.HANDLE) {
        assertInstanceOf(IllegalStateException.class, exception);
      } else {
        assertEquals(e, assertInstanceOf(EcMathException.class, exception).error());
      }
    }
    assertInstanceOf(FaultException.class, Calls.failure("x", EcError.FAULT.code()));
    assertInstanceOf(VaultException.class, Calls.failure("x", EcError.LOCKED_MEMORY.code()));
    assertTrue(Calls.failure("x", EcError.LOCKED_MEMORY.code()).getMessage().contains("ulimit -l"));
    assertInstanceOf(SecretReadException.class, Calls.failure("x", EcError.PERMISSIONS.code()));
    assertInstanceOf(LibraryException.class, Calls.failure("x", EcError.SELF_TEST.code()));
    assertInstanceOf(InvalidInputException.class, Calls.failure("x", EcError.UNIT.code()));
  }
}
