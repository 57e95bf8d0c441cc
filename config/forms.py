"""How forms look: the markup of the US Web Design System, from templates/django/forms."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import TemplatesSetting


class USWDSRenderer(TemplatesSetting):
    """Draws every form, field and widget from the project's own templates."""

    form_template_name = "django/forms/form.html"
    formset_template_name = "django/forms/formset.html"


class ManyFilesInput(forms.FileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files; cleans to a list, each checked like a single file."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None] if file or self.required]
