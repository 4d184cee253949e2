"""Who was told?"""
