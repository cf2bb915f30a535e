export { Decimal, DecimalError } from "./decimal.ts";
export { CurrencyError, Money, isCurrency, minorDigits, type PlainMoney } from "./money.ts";
