"""App: doors and joinery. Settings, processes, the command line, and the one table "event -> reaction".

Contains no rule of the business; it only puts the rooms together.
"""
