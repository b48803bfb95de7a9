/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.custody.EcErrors;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.Mechanism;
import com.spatium.cryptodriver.pkcs11.internal.ModuleLoadException;
import com.spatium.cryptodriver.pkcs11.internal.TokenInfo;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.VaultReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether the driver could start here, and if not, why not. It changes nothing in the token:
 * what it tries out, it tries with session keys, which the token forgets.
 *
 * <pre>{@code
 * Doctor.Report report = Doctor.examine(ecmath, new Doctor.Question(Optional.of(module), Optional.of("spatium-a"),
 *     Optional.of(pin), Optional.empty()));
 * report.lines().forEach(System.out::println);
 * }</pre>
 */
public final class Doctor {
  /** Where distributions and vendors put their modules. */
  static final List<Path> USUAL_PLACES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
          Path.of("/usr/local/lib/softhsm/libsofthsm2.so"),
          Path.of("/opt/nfast/toolkits/pkcs11/libcknfast.so"),
          Path.of("/usr/safenet/lunaclient/lib/libCryptoki2_64.so"),
          Path.of("/opt/cloudhsm/lib/libcloudhsm_pkcs11.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/pkcs11/yubihsm_pkcs11.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/opencryptoki/libopencryptoki.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/libtpm2_pkcs11.so.1"));

  private static final int MAC_LENGTH = 64;

  private Doctor() {}

  /**
   * What to examine; the less is given, the less can be told.
   *
   * @param module the vendor's library; without it the usual places are searched
   * @param label of the token; without it the only initialised one is taken
   * @param pin tried once; without it nothing behind the login is examined, and the answer is no
   * @param installation whose sealing keys to verify, if it is provisioned already
   */
  public record Question(
      Optional<Path> module,
      Optional<String> label,
      Optional<PinSource> pin,
      Optional<String> installation) {}

  /**
   * What was found.
   *
   * @param lines for people
   * @param usable whether the driver could start with what was given
   */
  public record Report(List<String> lines, boolean usable) {
    public Report {
      lines = List.copyOf(lines);
    }
  }

  /** Examines; what goes wrong is in the report, not thrown. */
  public static Report examine(EcMath ecmath, Question question) {
    return new Examination(ecmath, question).run();
  }

  private static final class Examination {
    private final EcMath ecmath;
    private final Question question;
    private final List<String> lines = new ArrayList<>();

    Examination(EcMath ecmath, Question question) {
      this.ecmath = ecmath;
      this.question = question;
    }

    Report run() {
      memory();
      boolean usable = false;
      try {
        Optional<Path> path = module();
        if (path.isPresent()) {
          usable = examine(path.get());
        }
      } catch (CryptoDriverException | CkrException e) {
        no(String.valueOf(e.getMessage()));
      }
      lines.add(
          usable
              ? "The driver can start."
              : "The driver cannot start with what was given; see the lines with [no].");
      return new Report(lines, usable);
    }

    private void ok(String line) {
      lines.add("[ok]   " + line);
    }

    private void info(String line) {
      lines.add("[info] " + line);
    }

    private void no(String line) {
      lines.add("[no]   " + line);
    }

    private void memory() {
      VaultReport vault = ecmath.vault().report();
      ok("native library, kernel " + ecmath.kernel());
      String memory =
          "vault of "
              + (vault.bytes() >> 20)
              + " MiB: memfd_secret "
              + yes(vault.secretMemory())
              + ", locked "
              + yes(vault.locked())
              + ", excluded from dumps "
              + yes(vault.excludedFromDumps())
              + ", from forks "
              + yes(vault.excludedFromForks())
              + ", guard pages "
              + yes(vault.guardPages());
      if (vault.secretMemory() || vault.locked()) {
        ok(memory);
      } else {
        info(memory + ": secrets may be swapped out; raise 'ulimit -l'");
      }
    }

    private static String yes(boolean value) {
      return value ? "yes" : "no";
    }

    private Optional<Path> module() {
      if (question.module().isPresent()) {
        return question.module();
      }
      List<Path> found = new ArrayList<>();
      for (Path place : USUAL_PLACES) {
        // Several names of one file are one module.
        if (Files.isReadable(place) && found.stream().noneMatch(other -> same(place, other))) {
          found.add(place);
          info("found module " + place);
        }
      }
      if (found.size() == 1) {
        return Optional.of(found.get(0));
      }
      no(
          found.isEmpty()
              ? "no PKCS#11 module in the usual places: give the path of your vendor's"
              : "several modules: give one");
      return Optional.empty();
    }

    private static boolean same(Path a, Path b) {
      try {
        return Files.isSameFile(a, b);
      } catch (java.io.IOException e) {
        return false;
      }
    }

    private boolean examine(Path path) {
      Cryptoki module;
      try {
        module = Cryptoki.load(path);
      } catch (ModuleLoadException e) {
        no("module " + path + ": " + e.getMessage());
        return false;
      }
      module.initialize("");
      ok("module " + path + ": " + module.describe());
      List<TokenInfo> candidates = slots(module);
      Optional<String> label = label(candidates);
      if (label.isEmpty()) {
        return false;
      }
      TokenConfig config =
          TokenConfig.of(path, label.get(), question.pin().orElse(Examination::noPin));
      Slots.Found at = Slots.find(module, config);
      List<String> missing = Slots.missingMechanisms(module, at.slot());
      if (!missing.isEmpty()) {
        no(config.where() + ": " + String.join("; ", missing));
        return false;
      }
      ok(config.where() + " offers every mechanism that is needed");
      if (question.pin().isEmpty()) {
        no("no PIN given: the login and what is behind it were not examined");
        return false;
      }
      return EcErrors.translate(() -> behindLogin(config));
    }

    private static SecretBlob noPin() {
      throw new IllegalStateException("asked for a PIN that was not given");
    }

    private List<TokenInfo> slots(Cryptoki module) {
      List<TokenInfo> initialised = new ArrayList<>();
      for (long slot : module.slots()) {
        Optional<TokenInfo> token;
        try {
          token = module.tokenInfo(slot);
        } catch (CkrException e) {
          info("slot " + slot + ": does not answer (" + Ckr.name(e.ckr()) + ")");
          continue;
        }
        if (token.isEmpty()) {
          info("slot " + slot + ": empty");
        } else if (!token.get().initialized()) {
          info("slot " + slot + ": a token that is not initialised");
        } else {
          TokenInfo t = token.get();
          initialised.add(t);
          info(
              "slot "
                  + slot
                  + ": token '"
                  + t.label()
                  + "', serial "
                  + t.serial()
                  + ", "
                  + t.manufacturer()
                  + " "
                  + t.model()
                  + (t.userPinLocked()
                      ? ", PIN LOCKED"
                      : t.userPinFinalTry() ? ", ONE TRY LEFT BEFORE THE PIN IS LOCKED" : "")
                  + (t.userPinInitialized() ? "" : ", no user PIN"));
        }
      }
      return initialised;
    }

    private Optional<String> label(List<TokenInfo> candidates) {
      if (question.label().isPresent() || candidates.size() == 1) {
        return question.label().or(() -> Optional.of(candidates.get(0).label()));
      }
      no(
          candidates.isEmpty()
              ? "no token is initialised"
              : candidates.size() + " tokens: give the label of one");
      return Optional.empty();
    }

    private boolean behindLogin(TokenConfig config) {
      try (Token token = Token.open(ecmath, config)) {
        if (token.pinVerified()) {
          ok("login");
        } else {
          info("this process was logged in before: the PIN could not be verified");
        }
        token.run(
            "load the key store",
            c -> {
              c.requireKeyStore(config.where());
              return config;
            });
        ok("SunPKCS11 loads the token's keys");
        try (SecretBlob random = ecmath.vault().blob(32)) {
          token.random(random);
        }
        ok("random bytes from the token into the vault");
        for (KeyKind kind : KeyKind.values()) {
          tryOut(token, kind);
        }
      }
      question.installation().ifPresent(installation -> sealKeys(config, installation));
      return lines.stream().noneMatch(line -> line.startsWith("[no]"));
    }

    /**
     * A session key like those that the driver makes: does the token make it, and report what it
     * made?
     */
    private void tryOut(Token token, KeyKind kind) {
      KeyRef key = new KeyRef("spatium-doctor", kind);
      Cryptoki module = token.module();
      token.run(
          "try out a " + kind + " key",
          c ->
              c.inSession(
                  session -> {
                    long object =
                        module.generateKey(
                            session, kind.generator(), kind.template(key.label(), false));
                    try {
                      c.verify(session, object, key, false);
                      if (kind == KeyKind.HMAC) {
                        hmac(module, session, object);
                      }
                      return key;
                    } finally {
                      module.destroyObject(session, object);
                    }
                  }));
      ok(
          kind.generator().ckmName()
              + ": makes keys that are local, sensitive, not extractable, not modifiable"
              + (kind == KeyKind.HMAC ? "; HMAC-SHA-512 into the vault" : ""));
    }

    private void hmac(Cryptoki module, long session, long key) {
      byte[] data = {1, 2, 3};
      try (SecretBlob one = ecmath.vault().blob(MAC_LENGTH);
          SecretBlob two =
              ecmath
                  .vault()
                  .fromPublic(module.sign(session, Mechanism.SHA512_HMAC, key, data, MAC_LENGTH))) {
        module.sign(
            session,
            Mechanism.SHA512_HMAC,
            key,
            data,
            ecmath.vault().access().address(one),
            MAC_LENGTH);
        if (!ecmath.vault().equal(one, two)) {
          throw new TokenException("the token gives different HMACs of the same data", "", 0, null);
        }
      }
    }

    private void sealKeys(TokenConfig config, String installation) {
      try (TokenCustody custody = TokenCustody.open(ecmath, config, installation)) {
        custody.health();
        ok("installation '" + installation + "': sealing keys verified, sealing works");
      } catch (TokenException.KeyMissing e) {
        info("installation '" + installation + "' has no sealing keys in this token yet");
      }
    }
  }
}
