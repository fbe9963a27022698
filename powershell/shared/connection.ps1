<#
.PARAMETER Connection
    The name of the connection to use.
#>
param(
    [Parameter()] [string] $Connection
)
