import { useIntl } from "react-intl";

const UNITS = [["day", 86_400, 48 * 3_600], ["hour", 3_600, 5_400], ["minute", 60, 0]] as const;

/** 12 min, 3.4 h, 2.1 days: the largest unit that still says something, in the reader's language. */
export function useDuration(): (seconds: number | null) => string {
  const { formatNumber } = useIntl();
  return (seconds) => {
    if (seconds === null) return "–";
    const [unit, length] = UNITS.find(([, , least]) => seconds >= least)!;
    return formatNumber(seconds / length, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: unit === "minute" ? 0 : 1 });
  };
}
