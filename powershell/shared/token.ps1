<#
.PARAMETER redirectUrl
    Returned with the token; app-only tokens have no use for it.
.PARAMETER ValidateForMinutes
    How long the signed assertion that asks for the token is valid: 1 to 1440, 60 by default.
.PARAMETER ResourceURL
    What the token is for, as a host or URL; Microsoft Graph by default.
.PARAMETER Beta
    Marks the token object for the beta version of the API, as scripts read it.
.PARAMETER password
    The password of the certificate file. Without it a file that needs none is simply opened; for any other the
    password is asked for once.
#>
param(
    [Parameter(Position = 4)] [string] $redirectUrl,
    [Parameter(Position = 6)] [int] $ValidateForMinutes,
    [Parameter(Position = 7)] [string] $ResourceURL,
    [Parameter(Position = 8)] [switch] $Beta,
    [Parameter()] [securestring] $password
)
