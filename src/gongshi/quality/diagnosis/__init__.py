"""What is wrong with a picture, in numbers. Knows neither Django nor cameras, and nothing of who is seen.

No face is looked for, and nobody is identified: light, detail, colour and change of the whole picture only.
"""
