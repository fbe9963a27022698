function New-ExRunException {
    <#
    .SYNOPSIS
        An exception that carries the members of an error object in its Data.
    .DESCRIPTION
        Made from the error object that the native library gave, or from a name and a message for what this module
        finds out itself. New-ErrorRecord turns it into an error record.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Own')]
    [OutputType([System.Exception])]
    param(
        # Members as exrun_error_json gives them.
        [Parameter(Mandatory = $true, ParameterSetName = 'Native')] [psobject] $NativeError,
        [Parameter(Mandatory = $true, ParameterSetName = 'Own')] [string] $Name,
        [Parameter(Mandatory = $true, ParameterSetName = 'Own')] [string] $Message,
        [Parameter(ParameterSetName = 'Own')] [string] $Target
    )

    if ($PSCmdlet.ParameterSetName -eq 'Own') {
        $NativeError = [pscustomobject] @{ name = $Name; message = $Message; target = $(if ($Target) { $Target }) }
    }
    $exception = [System.InvalidOperationException]::new([string] $NativeError.message)
    foreach ($member in $NativeError.PSObject.Properties) { $exception.Data[$member.Name] = $member.Value }
    return $exception
}
