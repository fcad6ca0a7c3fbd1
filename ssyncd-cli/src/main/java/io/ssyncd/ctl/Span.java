package io.ssyncd.ctl;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads how long: {@code 90}, which is seconds, {@code 90s}, {@code 10m}, {@code 2h} or {@code 3d}.
 */
final class Span implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(ms|s|m|h|d)?");

  @Override
  public Duration convert(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new TypeConversionException("a duration is 90s, 10m or 2h, not " + text);
    }
    long number = Long.parseLong(form.group(1));
    String unit = form.group(2) == null ? "s" : form.group(2);
    return switch (unit) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }

  /**
   * Reads how old: the same with a unit of seconds at least, for a slip would mean more records.
   */
  static final class Age implements ITypeConverter<Duration> {
    private static final Pattern WITH_UNIT = Pattern.compile("[0-9]+[smhd]");

    @Override
    public Duration convert(String text) {
      if (!WITH_UNIT.matcher(text).matches()) {
        throw new TypeConversionException("an age is 90s, 15m, 12h or 30d, not " + text);
      }
      return new Span().convert(text);
    }
  }
}
