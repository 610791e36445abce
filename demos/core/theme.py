"""The look that all pages share; ``../style.css`` has what is laid out by hand."""

import gradio as gr


def theme() -> gr.themes.Base:
    """A calm, warm theme with one accent, fonts of the visitor's own machine, and contrast in light and dark."""
    fonts = ["system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    mono = ["ui-monospace", "Consolas", "DejaVu Sans Mono", "monospace"]
    return gr.themes.Monochrome(primary_hue="indigo", font=fonts, font_mono=mono, radius_size="md").set(
        body_background_fill="#fbfaf8",
        body_background_fill_dark="#141319",
        body_text_color="#1c1b22",
        body_text_color_dark="#f1eff7",
        body_text_color_subdued="#5d5b68",
        body_text_color_subdued_dark="#b1aebd",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1d1c24",
        block_border_color="#e5e2dc",
        block_border_color_dark="#34323f",
        border_color_primary="#e5e2dc",
        border_color_primary_dark="#34323f",
        input_background_fill="#fbfaf8",
        input_background_fill_dark="#141319",
        block_shadow="none",
        block_label_text_color="#5d5b68",
        block_label_text_color_dark="#b1aebd",
        block_info_text_color="#5d5b68",
        block_info_text_color_dark="#b1aebd",
        button_primary_background_fill="#3b3fd8",
        button_primary_background_fill_hover="#2c30b8",
        button_primary_background_fill_dark="#8f93ff",
        button_primary_background_fill_hover_dark="#a9acff",
        button_primary_text_color="white",
        button_primary_text_color_dark="#111111",
        button_primary_border_color="transparent",
        button_primary_border_color_dark="transparent",
        button_secondary_background_fill_dark="#26242f",
        button_secondary_background_fill_hover_dark="#34323f",
        button_secondary_border_color_dark="#4a4757",
        checkbox_label_background_fill_selected_dark="#26263f",
        checkbox_label_border_color_selected_dark="#8f93ff",
        checkbox_background_color_selected_dark="#8f93ff",
        slider_color="#3b3fd8",
        slider_color_dark="#8f93ff",
        button_secondary_text_color_hover="*neutral_700",
        color_accent="#3b3fd8",
        color_accent_soft_dark="#26263f",
    )
