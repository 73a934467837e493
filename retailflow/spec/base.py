"""What every part of a spec shares: strict, frozen, no key it does not know, and a short form where one key says it all."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError


class Nothing:
    """Stands for a key written without a value, so that it is refused and never taken for an absent key."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


class Strict(BaseModel):
    """`short` is the key that a value other than a mapping is meant for."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    short: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            value = cls.lengthen(value)
        if isinstance(value, dict) and None in value.values():
            return {key: NOTHING if item is None else item for key, item in value.items()}
        return value

    @classmethod
    def lengthen(cls, value: Any) -> Any:
        """The long form of what was written short."""
        return value if cls.short is None else {cls.short: value}


def complaint(message: str, hint: str | None = None) -> PydanticCustomError:
    """An error in our own words, which the translation leaves alone."""
    return PydanticCustomError("retailflow", "{message}", {"message": message, "hint": hint})


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _scalar(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Nothing):
        raise complaint("a value is missing", "write one, or delete the key")
    raise complaint("must be text, a number, `true` or `false`")


def _setting(value: Any) -> Any:
    if isinstance(value, float):
        raise complaint("must be text, a whole number, `true` or `false`", "quote it")
    return _scalar(value)


_WORD = {"type": "string"}
_SCALAR = {"type": ["string", "number", "boolean"]}

Names = Annotated[
    list[str],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_WORD, {"type": "array", "items": _WORD, "minItems": 1}]}),
    Field(min_length=1),
]
Scalar = Annotated[Any, PlainValidator(_scalar), WithJsonSchema(_SCALAR)]
Setting = Annotated[Any, PlainValidator(_setting), WithJsonSchema({"type": ["string", "integer", "boolean"]})]
