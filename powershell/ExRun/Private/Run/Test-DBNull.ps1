function Test-DBNull {
    <#
    .SYNOPSIS
        Whether a value for every mailbox says by [DBNull] that null is meant in it. Throws where another null stands
        beside it, which nobody said to mean.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [AllowNull()] [object] $Value,
        # Null is meant wherever it stands.
        [switch] $AllowNull,
        # What begins the error, such as -Body.
        [Parameter(Mandatory = $true)] [string] $Subject
    )

    if ($AllowNull) { return $false }
    $state = @{ Meant = $false; IsOfDatabase = $false; IsOnlyNull = $true }
    $nothing = Find-Nothing -Value $Value -State $state
    if ($nothing) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
            '{0}: {1}; leave it out, or say with -AllowNull, or with [DBNull]::Value in its place, that it is meant' -f $Subject, $nothing))
    }
    return $state.Meant
}
