"""Form fields drawn with the parts of the look."""

from django import forms, template
from django.utils.safestring import SafeString

register = template.Library()
BARE = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)


@register.filter
def drawn(field: forms.BoundField) -> SafeString:
    """The field's control as `.field__input`; a placeholder stays only where the form gives examples: the label says it else."""
    attributes: dict[str, str | bool] = {} if getattr(field.form, "gives_examples", False) else {"placeholder": False}
    if not isinstance(field.field.widget, BARE):
        attributes["class"] = "field__input"
    if field.errors:
        attributes["aria-describedby"] = f"{field.auto_id}_error"
    return field.as_widget(attrs=attributes)


@register.filter
def is_tick(field: forms.BoundField) -> bool:
    """Whether the label stands after the control, as with a single box."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def has_options(field: forms.BoundField) -> bool:
    """Whether the control is a list of boxes, each with a label of its own."""
    return isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
