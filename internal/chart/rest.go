package chart

import "html/template"

// SVG draws it.
func (c *Course) SVG() template.HTML { return "" }

// SVG draws it.
func (c *Lines) SVG() template.HTML { return "" }

// SVG draws it.
func (c *Week) SVG() template.HTML { return "" }

// SVG draws it.
func (c *Bar) SVG() template.HTML { return "" }
