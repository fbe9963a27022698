<#
.PARAMETER ValidateForMinutes
    How long the assertion is valid: 1 to 1440, 60 by default.
.PARAMETER password
    The password of the certificate file; asked for once where the file needs one and none is given.
#>
param(
    [Parameter()] [int] $ValidateForMinutes,
    [Parameter()] [securestring] $password
)
